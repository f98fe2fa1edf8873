import Loyalty

/// One shop of the chain.
struct Shop: Sendable {
  let code: String
  let name: String
  let region: String
  let timezone: String
  let areaCode: String
  /// Seconds east of UTC in winter.
  let winterOffset: Int32
  let hasSummerTime: Bool
  /// Sales tax in hundredths of a percent.
  let tax: Int
  let registers: Int
  /// How many come, beside the others.
  let weight: Int

  func offset(on day: CivilDate) -> Int32 {
    winterOffset + (hasSummerTime && SeasonalYear.isSummerTime(day) ? 3600 : 0)
  }

  var isWeb: Bool { code == "900" }

  /// Minutes since midnight, local.
  func hours(on day: CivilDate) -> ClosedRange<Int> {
    if isWeb { return 6 * 60...23 * 60 + 29 }
    let month = day.parts.month
    if day.weekday == 6 { return 11 * 60...(month == 12 ? 20 : 18) * 60 - 1 }
    return 9 * 60 + 30...(month == 12 ? 22 : 20) * 60 - 1
  }

  var record: StoreRecord {
    var record = StoreRecord(store: code)
    record.name = name
    record.timezone = timezone
    record.region = region
    return record
  }

  private enum Zone { case eastern, central, mountain, arizona, pacific, hawaii }

  private init(
    _ code: String, _ name: String, _ region: String, _ zone: Zone, _ areaCode: String, _ tax: Int,
    _ weight: Int
  ) {
    self.code = code
    self.name = name
    self.region = region
    self.areaCode = areaCode
    self.tax = tax
    self.weight = weight
    registers = code == "900" ? 1 : 1 + weight / 8
    hasSummerTime = zone != .arizona && zone != .hawaii
    let hours: Int32
    switch zone {
    case .eastern: (timezone, hours) = ("America/New_York", -5)
    case .central: (timezone, hours) = ("America/Chicago", -6)
    case .mountain: (timezone, hours) = ("America/Denver", -7)
    case .arizona: (timezone, hours) = ("America/Phoenix", -7)
    case .pacific: (timezone, hours) = ("America/Los_Angeles", -8)
    case .hawaii: (timezone, hours) = ("Pacific/Honolulu", -10)
    }
    winterOffset = hours * 3600
  }

  static let all: [Shop] = [
    Shop("101", "Kansas City Plaza", "midwest", .central, "816", 899, 24),
    Shop("102", "Overland Park", "midwest", .central, "913", 935, 14),
    Shop("103", "Chicago State Street", "midwest", .central, "312", 1025, 30),
    Shop("104", "Chicago Old Orchard", "midwest", .central, "847", 1000, 16),
    Shop("105", "Minneapolis", "midwest", .central, "612", 903, 16),
    Shop("106", "St. Louis", "midwest", .central, "314", 968, 14),
    Shop("107", "Milwaukee", "midwest", .central, "414", 790, 10),
    Shop("108", "Detroit Somerset", "midwest", .eastern, "248", 600, 14),
    Shop("109", "Columbus", "midwest", .eastern, "614", 800, 12),
    Shop("110", "Indianapolis", "midwest", .eastern, "317", 700, 10),
    Shop("111", "Omaha", "midwest", .central, "402", 700, 8),
    Shop("112", "Des Moines", "midwest", .central, "515", 700, 6),
    Shop("201", "New York Herald Square", "northeast", .eastern, "212", 888, 34),
    Shop("202", "Brooklyn", "northeast", .eastern, "718", 888, 16),
    Shop("203", "Boston", "northeast", .eastern, "617", 625, 18),
    Shop("204", "Philadelphia", "northeast", .eastern, "215", 800, 16),
    Shop("205", "Pittsburgh", "northeast", .eastern, "412", 700, 10),
    Shop("206", "Buffalo", "northeast", .eastern, "716", 875, 8),
    Shop("207", "Hartford", "northeast", .eastern, "860", 635, 8),
    Shop("208", "Portland, Maine", "northeast", .eastern, "207", 550, 5),
    Shop("301", "Atlanta Lenox", "south", .eastern, "404", 890, 20),
    Shop("302", "Miami", "south", .eastern, "305", 700, 18),
    Shop("303", "Orlando", "south", .eastern, "407", 650, 14),
    Shop("304", "Charlotte", "south", .eastern, "704", 725, 10),
    Shop("305", "Nashville", "south", .central, "615", 925, 10),
    Shop("306", "New Orleans", "south", .central, "504", 945, 8),
    Shop("307", "Dallas Galleria", "south", .central, "214", 825, 22),
    Shop("308", "Houston", "south", .central, "713", 825, 20),
    Shop("309", "Austin", "south", .central, "512", 825, 12),
    Shop("310", "El Paso", "south", .mountain, "915", 825, 5),
    Shop("401", "Denver Cherry Creek", "west", .mountain, "303", 881, 14),
    Shop("402", "Salt Lake City", "west", .mountain, "801", 775, 10),
    Shop("403", "Phoenix", "west", .arizona, "602", 860, 14),
    Shop("404", "Tucson", "west", .arizona, "520", 870, 6),
    Shop("405", "Los Angeles Glendale", "west", .pacific, "818", 1025, 26),
    Shop("406", "San Diego", "west", .pacific, "619", 775, 14),
    Shop("407", "San Francisco", "west", .pacific, "415", 863, 16),
    Shop("408", "Portland, Oregon", "west", .pacific, "503", 0, 10),
    Shop("409", "Seattle", "west", .pacific, "206", 1035, 16),
    Shop("410", "Honolulu", "west", .hawaii, "808", 471, 5),
    Shop("900", "On the web", "web", .central, "785", 800, 36),
  ]
}
