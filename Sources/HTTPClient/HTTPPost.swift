/// Something to be sent to a server by POST.
public struct HTTPPost: Sendable {
  public var headers: [(name: String, value: String)]
  public var body: [UInt8]

  public init(headers: [(name: String, value: String)], body: [UInt8]) {
    self.headers = headers
    self.body = body
  }
}
