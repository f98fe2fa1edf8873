/// How much of a hold is captured or given back.
public enum HoldPart: Sendable, Equatable {
  case whole
  /// Points of its only currency.
  case points(Int64)
  /// A reward so many times, of the times that it stands.
  case times(Int64)
}

extension Hold {
  /// What a part comes to, by currency.
  func amounts(of part: HoldPart) -> [CurrencyID: Int64] {
    var amounts: [CurrencyID: Int64] = [:]
    for currency in currencies {
      let all = standing(currency)
      switch part {
      case .whole: amounts[currency] = all
      case .points(let points): amounts[currency] = min(points, all)
      case .times(let count): amounts[currency] = all / times * count
      }
    }
    return amounts
  }
}
