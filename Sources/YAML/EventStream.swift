import CYAML

/// One event of libyaml, copied out of C.
struct Event {
  enum Kind {
    case streamStart, streamEnd, documentStart, documentEnd
    case scalar(String, Node.Style)
    case mappingStart, sequenceStart
    case mappingEnd, sequenceEnd
    case alias(String)
  }
  var kind: Kind
  var start: Mark
  var end: Mark
  var anchor: String?
  var tag: String?
  /// Written in `{ }` or `[ ]`.
  var isFlow = false
}

/// A position: line and column from 0, in characters (Unicode scalars).
struct Mark: Hashable {
  var line: Int
  var column: Int
}

/// What libyaml says when it gives up.
struct SyntaxFailure: Error {
  var problem: String
  var context: String
  var at: Mark
  /// Where the construct began in which the problem was met.
  var began: Mark
}

/// Owns a libyaml parser and the bytes that it reads.
struct EventStream: ~Copyable {
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let input: UnsafeMutableBufferPointer<UInt8>

  init(_ bytes: some Collection<UInt8>) {
    parser = .allocate(capacity: 1)
    input = .allocate(capacity: max(1, bytes.count))
    _ = input.initialize(from: bytes)
    guard yaml_parser_initialize(parser) == 1 else { fatalError("libyaml: out of memory") }
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(parser, input.baseAddress, bytes.count)
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
    input.deallocate()
  }

  mutating func next() throws(SyntaxFailure) -> Event {
    var raw = yaml_event_t()
    guard yaml_parser_parse(parser, &raw) == 1 else { throw failure() }
    defer { yaml_event_delete(&raw) }
    var event = Event(kind: .streamEnd, start: Mark(raw.start_mark), end: Mark(raw.end_mark))
    switch raw.type {
    case YAML_STREAM_START_EVENT: event.kind = .streamStart
    case YAML_DOCUMENT_START_EVENT: event.kind = .documentStart
    case YAML_DOCUMENT_END_EVENT: event.kind = .documentEnd
    case YAML_MAPPING_END_EVENT: event.kind = .mappingEnd
    case YAML_SEQUENCE_END_EVENT: event.kind = .sequenceEnd
    case YAML_ALIAS_EVENT: event.kind = .alias(text(raw.data.alias.anchor) ?? "")
    case YAML_MAPPING_START_EVENT:
      let data = raw.data.mapping_start
      event.kind = .mappingStart
      (event.anchor, event.tag) = (text(data.anchor), text(data.tag))
      event.isFlow = data.style == YAML_FLOW_MAPPING_STYLE
    case YAML_SEQUENCE_START_EVENT:
      let data = raw.data.sequence_start
      event.kind = .sequenceStart
      (event.anchor, event.tag) = (text(data.anchor), text(data.tag))
      event.isFlow = data.style == YAML_FLOW_SEQUENCE_STYLE
    case YAML_SCALAR_EVENT:
      let data = raw.data.scalar
      let bytes = UnsafeBufferPointer(start: data.value, count: data.length)
      event.kind = .scalar(String(decoding: bytes, as: UTF8.self), Node.Style(data.style))
      (event.anchor, event.tag) = (text(data.anchor), text(data.tag))
    default: break
    }
    return event
  }

  private func failure() -> SyntaxFailure {
    let raw = parser.pointee
    return SyntaxFailure(
      problem: raw.problem.map { String(cString: $0) } ?? "out of memory",
      context: raw.context.map { String(cString: $0) } ?? "",
      at: Mark(raw.problem_mark), began: Mark(raw.context_mark))
  }

  private func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
    pointer.map { String(cString: $0) }
  }
}

extension Mark {
  fileprivate init(_ mark: yaml_mark_t) {
    self.init(line: Int(mark.line), column: Int(mark.column))
  }
}

extension Node.Style {
  fileprivate init(_ style: yaml_scalar_style_t) {
    switch style {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE, YAML_DOUBLE_QUOTED_SCALAR_STYLE: self = .quoted
    case YAML_LITERAL_SCALAR_STYLE, YAML_FOLDED_SCALAR_STYLE: self = .block
    default: self = .plain
    }
  }
}
