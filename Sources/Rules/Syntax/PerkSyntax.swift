/// Something that people do for the member, of which there may be only so much.
public struct PerkSyntax: Sendable {
  public var key: Written<String>
  public var name: LocalText?
  public var limits: [LimitSyntax] = []
  public init(key: Written<String>) { self.key = key }
}
