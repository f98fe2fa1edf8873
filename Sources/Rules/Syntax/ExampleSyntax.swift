import Loyalty
import YAML

/// A worked case inside a rule file: it runs at every test and before every publication.
public struct ExampleSyntax: Sendable {
  public var title: Written<String>
  public var member = MemberSyntax()
  /// Where two accounts matter: each with its name in the steps.
  public var members: [(key: Written<String>, member: MemberSyntax)] = []
  /// What is there at the beginning, by currency, in its smallest units; not earned in any window.
  public var balance: [(currency: Written<String>, amount: Int64)] = []
  /// One step for the short form.
  public var steps: [StepSyntax]

  public init(title: Written<String>, steps: [StepSyntax]) {
    self.title = title
    self.steps = steps
  }
}

public struct MemberSyntax: Sendable {
  public var tiers: [Written<String>] = []
  /// Tiers below which she never falls.
  public var floors: [Written<String>] = []
  public var segments: [Written<String>] = []
  public var birthday: CivilDate?
  public var joined: CivilDate?
  /// What the member agreed to.
  public var consent: [Written<String>] = []
  public var attributes: [(key: Written<String>, value: String)] = []
  public init() {}
}

public struct StepSyntax: Sendable {
  public enum Action: Sendable {
    case purchase([LineSyntax])
    case event(Written<String>, [(key: Written<String>, value: Written<String>)])
    /// A return without its receipt, or of the step with this id.
    case `return`(of: Written<String>?, [LineSyntax])
    case void(of: Written<String>)
    /// Points for another member.
    case transfer([(currency: Written<String>, amount: Int64)], to: Written<String>)
    /// Another member's account goes into this one.
    case merge(Written<String>)
    case wait
  }
  public var id: String?
  /// Whose step it is, where there are several; the first's without a word.
  public var member: Written<String>?
  /// In the program's time zone unless an offset was written.
  public var at: Written<WrittenTime>?
  /// Where it says that it came in after later steps.
  public var late: Place?
  public var store: String?
  public var channel: String?
  public var tenders: [(kind: Written<String>, amount: Money)] = []
  public var coupons: [Written<String>] = []
  /// Declared attributes of the transaction.
  public var attributes: [(key: Written<String>, value: String)] = []
  public var action: Action
  /// A reward that is redeemed, and how often; alone or with the purchase.
  public var redeems: (reward: Written<String>, times: Int64)?
  public var expect = ExpectationSyntax()
  public var place: Place

  public init(action: Action, place: Place) {
    self.action = action
    self.place = place
  }
}

public struct LineSyntax: Sendable {
  public var sku: String
  public var category: String?
  public var quantity = Quantity(1)
  public var unit: String?
  public var total: Money
  public var storeDiscount = Money.zero
  public var manufacturerDiscount = Money.zero
  public var tax = Money.zero
  public var cost: Money?
  public var discounted = false
  public var attributes: [(key: Written<String>, value: String)] = []
  public init(sku: String, total: Money) {
    self.sku = sku
    self.total = total
  }
}

/// What a rule's own part is to be.
public struct RulePart: Sendable, Equatable {
  /// Nil where the rule gives one currency only.
  public var currency: String?
  /// In the currency's smallest units.
  public var units: Int64

  public init(currency: String?, units: Int64) {
    self.currency = currency
    self.units = units
  }
}

/// Only what is named is compared.
public struct ExpectationSyntax: Sendable {
  /// What this step changed, by currency, in its smallest units.
  public var currencies: [(currency: Written<String>, amount: Int64)] = []
  public var rules: [(rule: Written<String>, amount: RulePart)]?
  public var tier: Written<String>?
  public var coupons: [Written<String>]?
  public var perks: [Written<String>]?
  /// What rules print on the receipt, in any of its languages.
  public var receipt: [Written<String>]?
  /// All that she is in afterwards.
  public var segments: [Written<String>]?
  /// Last day of use of what this step earned; the currency is nil where the program has one only.
  public var expires: [(currency: String?, date: Written<CivilDate?>)] = []
  /// Available afterwards.
  public var balance: [(currency: Written<String>, amount: Int64)] = []
  public var pending: [(currency: Written<String>, amount: Int64)] = []
  /// Taken off the bill.
  public var off: Written<Money>?
  /// Left to pay, without tax.
  public var pay: Written<Money>?
  /// Paid out.
  public var money: Written<Money>?
  /// Coupons that were shown and not taken.
  public var refused: [(name: Written<String>, reason: Refusal)] = []
  /// Taken off by line, as the sum over the lines of an SKU.
  public var lines: [(sku: Written<String>, amount: Money)] = []
  public init() {}

  /// Whether nothing is compared.
  public var isEmpty: Bool {
    currencies.isEmpty && rules == nil && tier == nil && coupons == nil && perks == nil
      && receipt == nil && segments == nil && expires.isEmpty && balance.isEmpty
      && pending.isEmpty && off == nil && pay == nil && money == nil && refused.isEmpty
      && lines.isEmpty
  }
}
