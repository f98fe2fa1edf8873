import Loyalty
import Testing

@Suite struct ExactDecimalTests {
  @Test(
    arguments: [
      ("12.50", 1250, 2), ("-0.005", -5, 3), ("+3", 3, 0), (".5", 5, 1), ("7.", 7, 0),
      ("999999999999999999", 999_999_999_999_999_999, 0),
    ] as [(String, Int64, Int)])
  func `a number is read as it stands`(_ text: String, _ units: Int64, _ places: Int) {
    #expect(ExactDecimal(text) == ExactDecimal(units: units, places: places))
  }

  @Test(arguments: ["", ".", "-", "1e3", "1,5", "1.2.3", "--1", "1 ", "99999999999999999999", "٣"])
  func `anything else is no number`(_ text: String) { #expect(ExactDecimal(text) == nil) }

  @Test func `nothing is lost on the way to another number of places`() {
    #expect(ExactDecimal(units: 1250, places: 2).exactly(places: 1) == 125)
    #expect(ExactDecimal(units: 1255, places: 2).exactly(places: 1) == nil)
    #expect(ExactDecimal(units: .max, places: 0).exactly(places: 1) == nil)
    #expect(ExactDecimal(units: 1250, places: 2).reduced == ExactDecimal(units: 125, places: 1))
  }

  @Test(
    arguments: [
      (Rounding.down, 18, -18), (.halfUp, 19, -19), (.up, 19, -19),
    ] as [(Rounding, Int128, Int128)])
  func `18.9 and −18.9`(_ rounding: Rounding, _ above: Int128, _ below: Int128) {
    #expect(rounding.divide(189, by: 10) == above)
    #expect(rounding.divide(-189, by: 10) == below)
  }

  @Test func `halves go away from zero, and what leaves nothing stays`() {
    #expect(Rounding.halfUp.divide(15, by: 10) == 2)
    #expect(Rounding.halfUp.divide(-15, by: 10) == -2)
    #expect(Rounding.halfUp.divide(14, by: 10) == 1)
    for rounding in Rounding.allCases { #expect(rounding.divide(20, by: 10) == 2) }
  }
}
