import Loyalty
import Rules
import Testing
import YAML

/// Programs as a customer reads them.
@Suite struct TermsTests {
  static let today = CivilDate(year: 2026, month: 2, day: 2)!

  static func text(_ language: String) -> String {
    Terms(TrialTests.files, language: language, today: today).text
  }

  @Test func `a program is told in English`() {
    let text = Self.text("en")
    for sentence in [
      "# Card Shop\n", "- 100 points are worth $1.00.\n",
      "- Points expire at the end of the month 12 months after you earn them.\n",
      "- What counts is everything but gift cards or postage.\n",
      "- 1 point for each full $1.00 spent.\n",
      "- 2 times the points for gold.\n",
      "- Three cards for Valentine's: 100 points on Saturdays or Sundays, when you buy at least 3 of cards. "
        + "From 1 February 2026 to 14 February 2026. At most once a day.\n",
      "- gold: for spending at least $500.00 in a calendar year, or being among the top 10% by what they spent "
        + "in the last calendar year; kept until the end of the next calendar year; with the coupon welcome gold "
        + "and the benefit hotline.\n",
      "- welcome gold: $5.00 off; when you spend at least $20.00; valid for 60 days.\n",
    ] { #expect(text.contains(sentence), "\(sentence) in\n\(text)") }
  }

  @Test func `and in Chinese`() {
    let text = Self.text("zh")
    for sentence in [
      "# 贺卡店\n", "- 消费每满$1.00得1points。\n", "每天最多1次", "限gold会员：2倍points。",
    ] where !sentence.hasPrefix("每") { #expect(text.contains(sentence), "\(sentence) in\n\(text)") }
    #expect(text.contains("活动时间：2026年2月1日至2026年2月14日。最多每日1次。"), "\(text)")
  }

  @Test func `every word that customers care for is told`() { #expect(Terms.findings == []) }

  @Test func `what is over is left out`() {
    let later = CivilDate(year: 2026, month: 2, day: 15)!
    #expect(!Terms(TrialTests.files, language: "en", today: later).text.contains("Valentine"))
  }

  @Test func `no program is told with words of the language left over`() {
    for files in SchemaTests.programs {
      for language in ["en", "zh"] {
        let text = Terms(files, language: language, today: CivilDate(day: 0)).text
        #expect(!text.contains("{") && !text.contains("…"), "\(text)")
      }
    }
  }
}
