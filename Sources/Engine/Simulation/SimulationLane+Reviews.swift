import Loyalty
import Rules

/// Reviews of ranks under a draft. Stored ones that were held while an event waited come before it:
/// the published side takes them with the event, as it was booked; the draft one by one, in order
/// with those that it makes again.
extension SimulationLane {
  /// Makes the reviews that have another answer under the draft, as their days come.
  mutating func reviewAgain(upTo instant: Instant, _ pair: inout Pair) {
    let list = simulation.reranks.list
    while pair.review < list.count, list[pair.review].at <= instant {
      let place = pair.review
      pair.review += 1
      let (rank, window) = (list[place].rank, list[place].rank.window)
      let value = (pair.draft ?? pair.published).sum(
        rank.counter, from: window.lowerBound, to: window.upperBound)
      guard let cutoffs else {
        if value > 0 { values[place].append(value) }
        continue
      }
      guard let cutoff = cutoffs[place], value >= cutoff else { continue }
      part(&pair)
      guard let account = pair.draft else { continue }
      rateDraft(alone: list[place].event(after: account.position), &pair)
    }
  }

  /// Rates an event that only the draft has.
  mutating func rateDraft(alone event: Event, _ pair: inout Pair) {
    guard var account = pair.draft.take() else { return }
    _ = draft.rate(event, &account, &outcome)
    pair.draft = account
    note(months.first(of: event.at), isDraft: true, &pair)
  }

  /// Makes the draft's reviews up to an event.
  mutating func reviewAgain(before event: Event, _ pair: inout Pair) {
    pair.marks.removeAll(keepingCapacity: true)
    for mark in event.reviews {
      reviewAgain(upTo: mark.at, &pair)
      reviewDraft(mark, &pair)
    }
    reviewAgain(upTo: event.at, &pair)
  }

  /// Gives the draft what a stored review gave, where it means the same to both. As long as there
  /// is one account alone, this is kept for the moment in which there are two.
  mutating func reviewDraft(_ mark: ReviewMark, _ pair: inout Pair) {
    guard let account = pair.draft else { return pair.marks.append(mark) }
    let isBefore = mark.at < simulation.span.lowerBound
    guard isBefore || simulation.reranks.unchanged.contains(mark.tier) else { return }
    rateDraft(alone: mark.event(seq: account.position), &pair)
  }

  /// Of an event behind the days, what reviews within them gave before it.
  mutating func replay(reviewsOf event: Event, _ pair: inout Pair) {
    pair.marks.removeAll()
    for mark in event.reviews where mark.at < simulation.span.upperBound {
      reviewAgain(upTo: mark.at, &pair)
      part(&pair)
      reviewDraft(mark, &pair)
      _ = published.rate(
        mark.event(seq: pair.published.position), &pair.published, &outcome)
      note(months.first(of: mark.at), isDraft: false, &pair)
    }
  }
}
