import Loyalty
import Testing

@Suite struct CivilDateTests {
  @Test func `every day of four centuries follows the one before`() throws {
    var date = try #require(CivilDate(year: 1900, month: 1, day: 1))
    var (year, month, day) = (1900, 1, 1)
    for _ in 0..<146_097 {
      #expect(date.parts == (year, month, day))
      #expect(CivilDate(year: year, month: month, day: day) == date)
      date = date + 1
      day += 1
      if day > CivilDate.days(inMonth: month, year: year) { (month, day) = (month + 1, 1) }
      if month > 12 { (year, month) = (year + 1, 1) }
    }
    #expect(year == 2300)
  }

  @Test(arguments: [
    ("2026-01-31", 1, "2026-02-28"), ("2028-01-31", 1, "2028-02-29"),
    ("2028-02-29", 12, "2029-02-28"), ("2026-12-15", 1, "2027-01-15"),
    ("2026-03-31", -1, "2026-02-28"), ("2026-01-15", -12, "2025-01-15"),
  ])
  func `a month that is too short ends on its last day`(
    _ from: String, _ months: Int, _ to: String
  ) throws {
    #expect(try #require(CivilDate(from)).adding(months: months).description == to)
  }

  @Test(arguments: [
    "2026-02-29", "2026-13-01", "2026-00-10", "26-01-01", "2026-1-1", "2026-01-01x",
  ])
  func `what the calendar does not have is no date`(_ text: String) {
    #expect(CivilDate(text) == nil)
  }

  @Test(arguments: [
    (2026, 2, 7, "2026-02-07"), (7, 12, 31, "0007-12-31"), (9999, 10, 10, "9999-10-10"),
  ])
  func `dates are written with two digits for day and month`(
    _ year: Int, _ month: Int, _ day: Int, _ text: String
  ) throws {
    #expect(try #require(CivilDate(year: year, month: month, day: day)).description == text)
    let date = try #require(CivilDate(year: year, month: month, day: day))
    let noon = Instant(seconds: Int64(date.day) * 86_400 + 43_205)
    #expect(noon.text(offset: 0) == text + "T12:00:05Z")
  }

  @Test func `weeks begin on Monday`() throws {
    let sunday = try #require(CivilDate("2026-03-01"))
    #expect(sunday.weekday == 6)
    #expect(sunday.startOfWeek.description == "2026-02-23")
    #expect((sunday + 1).startOfWeek == sunday + 1)
    #expect(sunday.startOfQuarter.description == "2026-01-01")
    #expect(sunday.endOfYear.description == "2026-12-31")
  }
}
