/// What few events carry, behind one reference: most events have none of it, and an event changes
/// hands often.
@usableFromInline
struct EventExtras: Sendable {
  @usableFromInline var coupons: [String] = []
  @usableFromInline var favourites: [Symbol] = []
  @usableFromInline var lineAttributes: [LineAttribute] = []
  @usableFromInline var costs: [Int64] = []
  @usableFromInline var attributes: [Attribute] = []
  @usableFromInline var corrections: [Correction] = []
  @usableFromInline var movement: Movement?
  @usableFromInline var reviews: [ReviewMark] = []

  @usableFromInline
  init() {}

  @usableFromInline
  final class Box: Sendable {
    @usableFromInline let extras: EventExtras

    @usableFromInline
    init(_ extras: EventExtras) { self.extras = extras }
  }
}

extension Event {
  /// Codes that were shown.
  @inlinable
  public var coupons: [String] {
    get { extras?.extras.coupons ?? [] }
    set { if extras != nil || !newValue.isEmpty { change { $0.coupons = newValue } } }
  }

  /// What the member buys most of, by the places of the program's favourites; found when it is
  /// rated.
  @inlinable
  public var favourites: [Symbol] {
    get { extras?.extras.favourites ?? [] }
    set { if extras != nil || !newValue.isEmpty { change { $0.favourites = newValue } } }
  }

  @inlinable
  public var lineAttributes: [LineAttribute] {
    get { extras?.extras.lineAttributes ?? [] }
    set { if extras != nil || !newValue.isEmpty { change { $0.lineAttributes = newValue } } }
  }

  /// Of each line in minor units, 0 where unknown; empty where none is known.
  @inlinable
  public var costs: [Int64] {
    get { extras?.extras.costs ?? [] }
    set { if extras != nil || !newValue.isEmpty { change { $0.costs = newValue } } }
  }

  @inlinable
  public var attributes: [Attribute] {
    get { extras?.extras.attributes ?? [] }
    set { if extras != nil || !newValue.isEmpty { change { $0.attributes = newValue } } }
  }

  /// For a correction: what each rule is to have given more, or less.
  @inlinable
  public var corrections: [Correction] {
    get { extras?.extras.corrections ?? [] }
    set { if extras != nil || !newValue.isEmpty { change { $0.corrections = newValue } } }
  }

  /// For what is done at the desk: what moves.
  @inlinable
  public var movement: Movement? {
    get { extras?.extras.movement }
    set { if extras != nil || newValue != nil { change { $0.movement = newValue } } }
  }

  /// What reviews gave that were held while it waited, in their order: it comes before the event.
  @inlinable
  public var reviews: [ReviewMark] {
    get { extras?.extras.reviews ?? [] }
    set { if extras != nil || !newValue.isEmpty { change { $0.reviews = newValue } } }
  }

  /// Other events that share the extras keep them as they are.
  @usableFromInline
  mutating func change(_ body: (inout EventExtras) -> Void) {
    var changed = extras?.extras ?? EventExtras()
    body(&changed)
    extras = EventExtras.Box(changed)
  }
}
