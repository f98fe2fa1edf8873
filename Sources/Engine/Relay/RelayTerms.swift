/// How patient a relay is.
public struct RelayTerms: Sendable {
  /// How often a message is sent that the receiver refuses; then it is a dead letter.
  public var tries = 20
  /// Milliseconds until the second try of a message; each further one waits twice as long …
  public var firstDelay: Int64 = 1_000
  /// … up to this.
  public var longestDelay: Int64 = 3_600_000

  public init() {}

  /// Milliseconds from the last of so many failures to the next try; `spread`, from 0 to 99, lets
  /// those that failed together come back up to a quarter later one by one.
  func delay(after failures: Int32, spread: Int64) -> Int64 {
    let doubled = failures > 32 ? Int64.max >> 8 : firstDelay << Int64(max(0, failures - 1))
    let delay = min(longestDelay, doubled < 0 ? longestDelay : doubled)
    return delay + delay / 400 * spread
  }
}
