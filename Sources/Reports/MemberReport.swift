import JSON
import Ledger
import Loyalty
import Postgres

/// Who shares an account, and what is noted of one of them.
public struct MemberReport: Sendable {
  public var key: MemberKey
  public var status: AccountStatus
  public var members: [MemberDetails]
  public var contacts: [Contact]
  /// Those of the account that wait for a second person.
  public var adjustments: [Adjustment]
  /// The codes of members whose accounts went into this one, and who have no other now.
  public var absorbed: [String] = []
  /// The codes of members whose accounts went into this one, and who have left it since.
  public var left: [String] = []

  public init(_ key: MemberKey, _ store: borrowing Store) throws {
    self.key = key
    status = try store.status(of: key.owner) ?? .open
    members = try store.details(of: key.owner)
    contacts = try store.contacts(of: key.member)
    adjustments = try store.adjustments(waitingOnly: true, most: 1_000)
      .filter { $0.owner == key.owner }
    let here = members.map(\.key.code)
    let codes = try (store.merged(into: [key.owner])[key.owner] ?? []).flatMap {
      try store.codes(of: $0.owner)
    }
    for code in codes where !here.contains(code) && !absorbed.contains(code) && !left.contains(code)
    {
      // Her code leads to where she is now.
      let isElsewhere = try store.find(code).contains { $0.code == code && !isHere($0.account) }
      if isElsewhere { left.append(code) } else { absorbed.append(code) }
    }
  }

  private func isHere(_ account: Int64) -> Bool { account == key.owner.account }

  public var json: String {
    var json = JSONWriter()
    json.object { json in
      json.member("account", key.owner.account)
      json.member("status", "\(status)")
      json.memberArray("members") { json in
        for member in members { json.json(Self.json(member).bytes) }
      }
      json.memberArray("contacts") { json in
        for contact in contacts { json.json(Self.json(contact).bytes) }
      }
      json.memberArray("absorbed") { json in for code in absorbed { json.value(code) } }
      json.memberArray("left") { json in for code in left { json.value(code) } }
    }
    return json.text
  }

  public static func json(_ member: MemberDetails) -> JSONWriter {
    var json = JSONWriter()
    json.object { json in
      json.member("member", member.key.code)
      json.member("name", member.name)
      json.member("phone", member.phone)
      json.member("email", member.email)
      json.member("birthday", member.birthday?.description)
      json.member("joined", member.joined?.description)
      json.name("attributes")
      json.json(EventDetails.json(member.attributes).utf8)
      json.memberArray("cards") { json in
        for card in member.cards {
          json.object { json in
            json.member("card", card.card)
            json.member("status", "\(card.status)")
          }
        }
      }
    }
    return json
  }

  public static func json(_ contact: Contact) -> JSONWriter {
    var json = JSONWriter()
    json.object { json in
      json.member("contact", contact.id)
      json.member("member", contact.code)
      json.member("kind", contact.kind)
      json.member("at", contact.at.text(offset: 0))
      json.member("text", contact.text)
      json.member("operator", contact.operatorName)
      json.member("outcome", contact.outcome)
      json.member("closed", contact.closedAt?.text(offset: 0))
      json.member("closed by", contact.closedBy)
    }
    return json
  }
}

extension Attribute.Value {
  /// As a person would write it.
  public var text: String {
    switch self {
    case .text(let text): text
    case .number(let number): number.description
    case .boolean(let yes): yes ? "yes" : "no"
    }
  }
}
