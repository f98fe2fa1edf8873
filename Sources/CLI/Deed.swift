import Engine
import JSON
import Loyalty

/// What an act did: told in sentences, or with `--json` as one object with the same facts.
struct Deed {
  private var json = JSONWriter()
  private var sentences: [String] = []

  /// `done` says in a word or two what was done; `sentence` says it to a person.
  init(_ done: String, _ sentence: String) {
    json.beginObject()
    json.member("done", done)
    sentences = [sentence]
  }

  mutating func add(_ name: String, _ text: String?) { json.member(name, text) }
  mutating func add(_ name: String, _ number: Int64) { json.member(name, number) }
  mutating func add(_ name: String, _ yes: Bool) { json.member(name, yes) }

  mutating func add(_ name: String, _ texts: [String]) {
    json.memberArray(name) { json in for text in texts { json.value(text) } }
  }

  /// An amount of a currency.
  mutating func add(_ units: Int64, _ decimals: Int, of currency: String) {
    json.member("currency", currency)
    json.name("amount")
    json.number(ExactDecimal.text(units, places: decimals))
  }

  /// A further sentence, of facts that are added beside it.
  mutating func say(_ sentence: String) { sentences.append(sentence) }

  /// How many waiting transactions came in.
  mutating func add(_ released: PostSummary) {
    let count = released["accepted"]
    guard count > 0 else { return }
    add("taken in", Int64(count))
    say(
      CheckCommand.counted(count, "waiting transaction")
        + (count == 1 ? " was taken in." : " were taken in."))
  }

  func tell(_ arguments: Arguments) {
    guard arguments.has("json") else {
      for sentence in sentences { print(sentence) }
      return
    }
    var json = json
    json.endObject()
    print(json.text)
  }
}
