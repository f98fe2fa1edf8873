/// How points move where something comes back of a sale that is known.
extension Account {
  /// How far points may be taken back: only what is pending, at most the balance, or into debt.
  public enum Reach: Sendable {
    case pending, balance, debt
  }

  /// Takes back the parts `range` of the outcome, which belong to one lot and come to less than
  /// nothing: first from that lot, then from what else is available, earliest expiry first, then
  /// into debt, as far as `reach` goes. Needs the lots.
  public mutating func takeBack(
    parts range: Range<Int>, total: Int64, earnedAt: Instant, at: Instant, _ reach: Reach,
    _ outcome: inout Outcome
  ) {
    precondition(lotsAreLoaded, "taking points back needs the lots")
    let part = outcome.parts[range.lowerBound]
    let index = balanceIndex(part.currency)
    balances[index].isTouched = true
    var done: Int64 = 0
    for lot in order(part, reach) where done < total {
      let amount = min(lots[lot].remaining, total - done)
      let isPending = lots[lot].due > clock
      post(
        isPending ? .pending : .available, amount, range, from: done, earnedAt, at, &outcome)
      if isPending {
        balances[index].pending -= amount
      } else {
        balances[index].available -= amount
      }
      lots[lot].remaining -= amount
      lots[lot].reversed += amount
      lots[lot].isTouched = true
      outcome.use(amount, ofLotDue: lots[lot].due, expiring: lots[lot].expires)
      done += amount
    }
    if reach == .debt, done < total {
      post(.debt, total - done, range, from: done, earnedAt, at, &outcome)
      balances[index].debt += total - done
      done = total
    }
    balances[index].reversed += done
  }

  private mutating func post(
    _ bucket: Bucket, _ amount: Int64, _ range: Range<Int>, from done: Int64, _ earnedAt: Instant,
    _ at: Instant, _ outcome: inout Outcome
  ) {
    var posting = Posting(
      currency: outcome.parts[range.lowerBound].currency, from: bucket, to: .issued,
      amount: amount, at: at, reason: .return)
    posting.earnedAt = earnedAt
    outcome.share(range, from: done, to: done + amount, into: &posting)
    outcome.postings.append(posting)
  }

  /// The lots from which it may be taken, in their order.
  private func order(_ part: Part, _ reach: Reach) -> [Int] {
    let own = lots.indices.filter {
      lots[$0].currency == part.currency && lots[$0].remaining > 0 && lots[$0].due == part.due
        && lots[$0].expires == part.expires && !isOver(lots[$0])
    }
    if reach == .pending { return own.filter { lots[$0].due > clock } }
    let others = lots.indices.filter {
      lots[$0].currency == part.currency && lots[$0].remaining > 0 && lots[$0].due <= clock
        && !own.contains($0) && !isOver(lots[$0])
    }.sorted { (lots[$0].expires, lots[$0].due) < (lots[$1].expires, lots[$1].due) }
    return own + others
  }

  /// Its end has come, and is booked next: what came back into it is no good for anything else.
  private func isOver(_ lot: Lot) -> Bool {
    lot.expires <= clock && !ownExpiry.contains(lot.currency)
  }
}
