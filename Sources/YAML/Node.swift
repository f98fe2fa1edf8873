/// A part of a YAML text with its place. Scalars keep their text as it was written: `no` is never
/// a boolean here.
public struct Node: Sendable {
  public enum Style: Sendable, Hashable { case plain, quoted, block }

  public indirect enum Content: Sendable {
    case scalar(String, Style)
    /// In the order of the text; no key stands twice, and every key is a scalar.
    case mapping([Entry])
    case sequence([Node])
    /// What was refused with a diagnostic already; nobody should complain of it again.
    case broken
  }

  public struct Entry: Sendable {
    public var key: Node
    public var value: Node

    public init(key: Node, value: Node) {
      self.key = key
      self.value = value
    }

    /// The key's text.
    public var name: String { key.text ?? "" }
  }

  public var content: Content
  public var place: Place
  /// What a `#` directly before it cut off from this plain text: `1 offer` of `Our #1 offer`.
  public var cut: String?

  public init(_ content: Content, at place: Place, cut: String? = nil) {
    self.content = content
    self.place = place
    self.cut = cut
  }
}

extension Node {
  /// A scalar's text.
  public var text: String? {
    if case .scalar(let text, _) = content { return text }
    return nil
  }

  public var style: Style? {
    if case .scalar(_, let style) = content { return style }
    return nil
  }

  public var entries: [Entry]? {
    if case .mapping(let entries) = content { return entries }
    return nil
  }

  public var items: [Node]? {
    if case .sequence(let items) = content { return items }
    return nil
  }

  /// Nothing was written: `member:`.
  public var isEmpty: Bool {
    if case .scalar("", .plain) = content { return true }
    return false
  }

  public var isBroken: Bool {
    if case .broken = content { return true }
    return false
  }

  /// The value behind a key of a mapping. Linear: for small mappings.
  public subscript(name: String) -> Node? {
    entries?.first { $0.name == name }?.value
  }
}
