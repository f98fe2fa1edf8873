import Foundation
import Synchronization

/// Threads that work together, each with what it owns, until all have ended. Where one fails, the
/// others are asked to stop.
final class Crew: Sendable {
  private struct State {
    var failure: (any Error)?
    var isStopping = false
    var working = 0
  }
  private let state = Mutex(State())
  /// Signalled at the end of each thread.
  private let ended = DispatchSemaphore(value: 0)

  /// Bytes of stack of a thread: rules may be deep.
  private static let stack = 8 << 20

  /// What each thread looks at between two batches.
  var isStopping: Bool { state.withLock { $0.isStopping } }

  func stop() { state.withLock { $0.isStopping = true } }

  /// Begins so many threads; each is told its place, from 0.
  func start(_ count: Int, _ body: @escaping @Sendable (_ place: Int) throws -> Void) {
    for place in 0..<count {
      state.withLock { $0.working += 1 }
      let thread = Thread { [self] in
        do {
          try body(place)
        } catch {
          state.withLock {
            $0.failure = $0.failure ?? error
            $0.isStopping = true
          }
        }
        state.withLock { $0.working -= 1 }
        ended.signal()
      }
      thread.stackSize = Self.stack
      thread.start()
    }
  }

  /// Returns when all threads have ended; calls `tick` about twenty times a second. Throws what
  /// the first to fail threw.
  func wait(_ tick: () -> Void) throws {
    while state.withLock({ $0.working }) > 0 {
      _ = ended.wait(timeout: .now() + .milliseconds(50))
      tick()
    }
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }

  /// Sleeps, but not past a stop.
  func pause(milliseconds: Int) {
    var left = milliseconds
    while left > 0, !isStopping {
      usleep(UInt32(min(left, 50)) * 1_000)
      left -= 50
    }
  }
}
