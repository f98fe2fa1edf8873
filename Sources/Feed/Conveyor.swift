import Foundation
import Synchronization

/// A thread that does one job after the other and keeps what came of each, in the same order.
///
/// Whoever gives jobs takes as many results. What a thread owns (a connection, a reader) is made
/// within it.
public final class Conveyor<Job: Sendable, Product: Sendable>: Sendable {
  private let belt = Belt<Job, Product>()

  /// `make` is called once, in the thread, and gives what does a job.
  public init(_ make: @escaping @Sendable () -> (Job) -> Product) {
    let thread = Thread { [belt] in
      let work = make()
      while let job = belt.next() { belt.finish(work(job)) }
    }
    thread.stackSize = 4 << 20
    thread.start()
  }

  deinit { belt.close() }

  public func give(_ job: Job) { belt.add(job) }

  /// What came of the oldest job that was not taken yet; waits for it.
  public func take() -> Product { belt.take() }
}

private final class Belt<Job: Sendable, Product: Sendable>: Sendable {
  private struct State: Sendable {
    var jobs: [Job] = []
    var products: [Product] = []
    var isClosed = false
  }
  private let state = Mutex(State())
  private let given = DispatchSemaphore(value: 0)
  private let done = DispatchSemaphore(value: 0)

  func add(_ job: Job) {
    state.withLock { $0.jobs.append(job) }
    given.signal()
  }

  /// Nil when no one is there any more who would take what comes of it.
  func next() -> Job? {
    given.wait()
    return state.withLock { $0.isClosed ? nil : $0.jobs.removeFirst() }
  }

  func finish(_ product: Product) {
    state.withLock { $0.products.append(product) }
    done.signal()
  }

  func take() -> Product {
    done.wait()
    return state.withLock { $0.products.removeFirst() }
  }

  func close() {
    state.withLock { $0.isClosed = true }
    given.signal()
  }
}
