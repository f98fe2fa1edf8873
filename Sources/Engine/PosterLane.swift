import Feed
import Ledger
import Postgres

/// One of the connections that publish a file: takes its share of each batch.
final class PosterLane {
  struct Share: Sendable {
    /// Places in the batch.
    var places: [Int] = []
    var arrivals: [Arrival] = []
    var verdicts: [Verdict] = []
  }
  typealias Outcome = Result<Share, any Error>

  private let number: Int
  private let count: Int
  private let cards: CardLanes
  private let file: String
  private let settings: ConnectionSettings
  private var intake: Intake
  private var store: Store?
  /// After a failure nothing more is taken: what comes later in the file must not come first.
  private var failure: (any Error)?

  init(
    _ number: Int, of count: Int, _ cards: CardLanes, file: String,
    _ settings: ConnectionSettings, _ intake: Intake
  ) {
    self.number = number
    self.count = count
    self.cards = cards
    self.file = file
    self.settings = settings
    self.intake = intake
  }

  func post(_ batch: SpooledBatch) -> Outcome {
    if let failure { return .failure(failure) }
    do {
      var share = Share()
      for place in batch.indices where batch.lane(of: place, among: count, cards) == number {
        share.places.append(place)
        share.arrivals.append(Arrival(batch.row(place), file: file))
      }
      if store == nil { store = try Store(settings) }
      share.verdicts = try intake.take(share.arrivals, store!)
      return .success(share)
    } catch {
      failure = error
      return .failure(error)
    }
  }
}
