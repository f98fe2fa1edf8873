import Loyalty

extension Program {
  /// What it asks of events beyond what every rating reads.
  public var eventParts: EventParts {
    var parts: EventParts = []
    if asksProducts { parts.insert(.products) }
    if asksQuantities { parts.insert(.quantities) }
    let asksRegions = conditionNodes.contains {
      if case .region = $0 { true } else { false }
    }
    if !tenderTests.isEmpty || !pointTenders.isEmpty { parts.insert(.tenders) }
    if asksRegions { parts.insert(.regions) }
    return parts
  }

  private var asksProducts: Bool {
    !favourites.isEmpty || counts(.variety)
      || itemNodes.contains { if case .product = $0 { true } else { false } }
  }

  /// What takes something off a bill reckons by pieces.
  private var asksQuantities: Bool {
    !favourites.isEmpty || !benefits.isEmpty || !rewards.isEmpty || counts(.quantity)
      || rates.contains { $0.basis == .quantity }
  }

  private func counts(_ measure: Goal.Measure) -> Bool {
    goals.contains { $0.measure == measure } || purchaseCounters.contains { $0.measure == measure }
  }
}
