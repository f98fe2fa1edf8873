import HTTPClient
import TestSupport
import Testing

/// What a sender makes of servers that answer, refuse, hang up, sleep and are not there.
@Suite struct HTTPSenderTests {
  private func answers(
    _ url: String, _ bodies: [String], timeout: Int = 5_000
  ) throws -> [Int: Result<HTTPAnswer, HTTPFailure>] {
    var sender = try HTTPSender(to: url, timeoutMilliseconds: timeout)
    for (tag, body) in bodies.enumerated() {
      try sender.start(HTTPPost(headers: [("X-Tag", "\(tag)")], body: Array(body.utf8)), tag: tag)
    }
    var results: [Int: Result<HTTPAnswer, HTTPFailure>] = [:]
    while sender.count > 0 {
      for (tag, result) in sender.take(waitingMilliseconds: 100) { results[tag] = result }
    }
    return results
  }

  @Test func `posts of any length arrive whole, and their answers come under their tags`() throws {
    let server = try TestReceiver { .status(201, "taken \($0.headers["x-tag"] ?? "?")") }
    defer { server.end() }
    let long = String(repeating: "x", count: 300_000)
    let results = try answers(server.url, ["{}", "", long])
    for tag in 0..<3 {
      #expect(results[tag] == .success(HTTPAnswer(status: 201, text: "taken \(tag)")))
    }
    #expect(server.received.map(\.body.count).sorted() == [0, 2, 300_000])
    #expect(server.received.allSatisfy { $0.headers["expect"] == nil })
  }

  @Test func `an answer's status is the caller's to judge, its text is cut`() throws {
    let server = try TestReceiver { _ in .status(500, String(repeating: "é", count: 5_000)) }
    defer { server.end() }
    let answer = try #require(try answers(server.url, ["{}"])[0]).get()
    #expect(answer.status == 500)
    #expect(answer.text.count < 1_000)
  }

  @Test func `who hangs up or sleeps has not answered, who is not there was not reached`() throws {
    let server = try TestReceiver { $0.body == "hang up" ? .hangUp : .status(200) }
    let hungUp = try answers(server.url, ["hang up"])[0]
    #expect(throws: HTTPFailure.self) { try hungUp?.get() }
    if case .failure(let failure) = hungUp { #expect(failure.code == .unanswered) }
    server.end()
    if case .failure(let failure) = try answers(server.url, ["{}"])[0] {
      #expect(failure.code == .unreachable)
    } else {
      Issue.record("nobody is there, and somebody answered")
    }
    if case .failure(let failure) = try answers("ftp://127.0.0.1/", ["{}"])[0] {
      #expect(failure.code == .unreachable)
    } else {
      Issue.record("ftp is not spoken here")
    }
  }

  @Test func `one that sleeps does not hold up another`() throws {
    let server = try TestReceiver { post in
      if post.body == "sleep" { wait(milliseconds: 3_000) }
      return .status(200)
    }
    defer { server.end() }
    let results = try answers(server.url, ["sleep", "a", "b"], timeout: 1_000)
    #expect((try? results[1]?.get().status) == 200)
    #expect((try? results[2]?.get().status) == 200)
    if case .failure(let failure) = results[0] { #expect(failure.code == .unanswered) }
  }
}
