import Engine
import Foundation
import Ledger
import Loyalty
import Reports

/// `patron member`: everything about a member.
enum MemberCommand: Command {
  static let name = "member"
  static let summary = "enrol, look after, adjust, merge, export and forget members"
  static let usage = "member WHAT … (WHO is a code, a card or a phone number)"
  static let help = """
    Persons and cards:
      enrol CODE [--name … --phone … --email … --birthday … --joined … --card … --attributes …]
      show WHO                  who it is, with cards, contacts and what waits
      find TEXT                 by a part of the name, code, e-mail or phone number, or by a card
      update WHO [--name … …]   changes what is named; an empty value takes it away
      card add WHO CARD         what waited for the card is taken in
      card block CARD           sales on it wait, parked, until `card unblock CARD`
      card replace OLD NEW      the old one is blocked, unless you --keep it

    Points:
      adjust WHO AMOUNT --reason TEXT   gives points, or takes them (-50)
      adjustments               those that wait for a second person; --all shows the booked ones
      confirm NUMBER, refuse NUMBER     the second person's word, never the same person's
      operators                 who may adjust how much alone; with none named, everybody may
      operator NAME [--each N --month N] [--confirms yes|no] [--remove]
      transfer FROM TO AMOUNT   gives points to another member, with the expiry that they have

    Accounts:
      merge WHO --into OTHER    two members were one all along: everything of WHO is OTHER's then;
                                of two who share an account one person remains
      household join WHO --with OTHER   WHO shares the account (or the company's) of OTHER
      household leave WHO       begins a new account; the balance stays with the others
      pause WHO, resume WHO     a paused account takes and gives nothing, but by `adjust`
      close WHO                 forfeits what is left; later sales are parked

    Contacts:
      note WHO TEXT [--kind note|call|mail|complaint]
      contacts [WHO]            of one member, or all complaints that are open
      settle NUMBER OUTCOME     ends a complaint with what came of it

    Data:
      export WHO                everything about a person, as JSON
      statement [WHO] --from DATE --to DATE   one member or all, a JSON line each, for letters
      forget WHO --yes          takes the person out of everything, for ever; the ledger stays

    With --json what was done is told as one JSON object, which begins with "done".
    """
  static let options = [
    Option("name", "NAME", "the member's name"), Option("phone", "NUMBER", "her phone number"),
    Option("email", "ADDRESS", "her e-mail address"), Option("birthday", "DATE", "day of birth"),
    Option("joined", "DATE", "the first day of membership (today)"),
    Option("card", "CARD", "her card"),
    Option("attributes", "NAME=VALUE,…", "your own attributes; NAME= takes one away"),
    Option("currency", "KEY", "which points, where the program has several currencies"),
    Option("reason", "TEXT", "why points are given or taken"),
    Option("expires", "DATE", "the last day of points that are given (by the currency's terms)"),
    Option("operator", "NAME", "who does it (the system's user)"),
    Option("id", "ID", "your own id of an adjustment or a transfer: the same again is done once"),
    Option("at", "INSTANT", "when it holds (now)"), Option("keep", "the old card may go on"),
    Option("each", "AMOUNT", "an operator's limit of one adjustment"),
    Option("month", "AMOUNT", "an operator's limit of a calendar month"),
    Option("confirms", "yes|no", "whether an operator may confirm those of others"),
    Option("remove", "the operator may do nothing any more"),
    Option("into", "OTHER", "the member that stays"),
    Option("with", "OTHER", "whose account is shared"),
    Option("kind", "KIND", "note, call, mail or complaint (note)"),
    Option("all", "the booked and refused ones, too"),
    Option("limit", "N", "rows to list at most (20)"),
    Option("from", "DATE", "the first day of a statement"),
    Option("to", "DATE", "its last day"), Option("yes", "really forget"),
    Asking.language, Asking.json,
  ]

  typealias Work = (inout Arguments) throws -> Int32

  /// What each word does.
  private static var words: [(word: String, work: Work)] {
    [
      ("enrol", enrol), ("show", show), ("find", find), ("update", update), ("card", card),
      ("adjust", adjust), ("adjustments", adjustments), ("confirm", confirm), ("refuse", refuse),
      ("operators", operators), ("operator", setOperator), ("transfer", transfer),
      ("merge", merge), ("household", household), ("pause", pause), ("resume", resume),
      ("close", close), ("note", note), ("contacts", contacts), ("settle", settle),
      ("export", export), ("statement", statement), ("forget", forget),
    ]
  }

  static func run(_ arguments: inout Arguments) throws -> Int32 {
    let word = try arguments.next("what to do (enrol, show, find …)")
    guard let work = words.first(where: { $0.word == word })?.work else {
      let near = Names.nearest(to: word, among: words.map(\.word))
      throw UsageFailure(
        "`\(word)` is nothing that is done with members"
          + (near.map { "; did you mean `\($0)`?" } ?? ""))
    }
    return try work(&arguments)
  }

  // MARK: - What the words have in common

  static func desk() throws -> Desk { try Desk(try Database.settings()) }

  static func operatorName(_ arguments: Arguments) -> String {
    arguments.value("operator") ?? NSUserName()
  }

  static func instant(_ arguments: Arguments, _ desk: borrowing Desk) throws -> Instant? {
    guard let text = arguments.value("at") else { return nil }
    return try Instant.read(text, option: "at", zone: desk.zone)
  }

  /// An amount in a currency's smallest unit.
  static func amount(_ text: String, _ decimals: Int, _ what: String) throws -> Int64 {
    guard let amount = ExactDecimal(text)?.exactly(places: decimals) else {
      throw UsageFailure("\(what) `\(text)` is no amount with at most \(decimals) decimals")
    }
    return amount
  }

  static func number(_ arguments: inout Arguments) throws -> Int64 {
    let text = try arguments.next("a NUMBER")
    guard let number = Int64(text) else { throw UsageFailure("`\(text)` is no number") }
    return number
  }

  /// Tells what was done with one member.
  static func tell(
    _ done: String, _ member: String, _ sentence: String, _ arguments: Arguments
  ) {
    var deed = Deed(done, sentence)
    deed.add("member", member)
    deed.tell(arguments)
  }

  /// Tells what was done, with how many waiting transactions came in.
  static func tell(
    _ deed: consuming Deed, _ released: PostSummary, _ arguments: Arguments,
    _ store: borrowing Store
  ) throws {
    deed.add(released)
    deed.tell(arguments)
    if released["accepted"] > 0 { try store.wake() }
  }
}
