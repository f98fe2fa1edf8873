/// Changes of a text at a place, everything else as it was.
extension SourceFile {
  /// The text with `text` instead of what stands at `place`; nil where the place lies outside.
  public func replacing(_ place: Place, with text: String) -> SourceFile? {
    edit(place, length: place.length, text)
  }

  /// The text with `text` before what stands at `place`.
  public func inserting(_ text: String, before place: Place) -> SourceFile? {
    edit(place, length: 0, text)
  }

  /// What stands at a place, as it is written.
  public func written(at place: Place) -> String? {
    let source = SourceText(self)
    guard let start = source.offset(place.line, place.column),
      let end = source.offset(place.line, place.column + place.length)
    else { return nil }
    return String(decoding: source.bytes[start..<end], as: UTF8.self)
  }

  private func edit(_ place: Place, length: Int, _ text: String) -> SourceFile? {
    let source = SourceText(self)
    guard let start = source.offset(place.line, place.column),
      let end = source.offset(place.line, place.column + length)
    else { return nil }
    let bytes = source.bytes[..<start] + Array(text.utf8) + source.bytes[end...]
    return SourceFile(name: name, bytes: bytes)
  }
}
