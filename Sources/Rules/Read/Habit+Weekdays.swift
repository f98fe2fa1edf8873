/// Days of the week as people call them in their own languages.
extension Habit {
  /// 0 is Monday: `周六`, `星期天`, `saturday`, `tues`, `Samstag`, `samedi`.
  static func weekday(_ word: String) -> Int? {
    let lower = word.lowercased().filter { $0 != "." }
    if let day = weekdays[lower] { return day }
    if let index = Reading.weekdayNames.firstIndex(of: String(lower.prefix(3))),
      lower.allSatisfy(\.isLetter)
    {
      return index
    }
    let isNamed = ["周", "週", "星期", "礼拜", "禮拜"].contains { name in
      lower.hasPrefix(name) && lower.count == name.count + 1
    }
    if isNamed, let last = lower.last {
      return last == "天" ? 6 : Array("一二三四五六日").firstIndex(of: last)
    }
    let near = NearName.of(lower, among: Reading.weekdayNames + weekdays.keys.sorted())
    return near.flatMap { Reading.weekdayNames.firstIndex(of: $0) ?? weekdays[$0] }
  }

  /// From Monday on; what begins with the language's own three letters needs no entry.
  private static let weekdays: [String: Int] = {
    let weeks = [
      "monday tuesday wednesday thursday friday saturday sunday",
      "mo tu we th fr sa su", "mo di mi do fr sa so",
      "montag dienstag mittwoch donnerstag freitag samstag sonntag", "- - - - - sonnabend -",
      "lundi mardi mercredi jeudi vendredi samedi dimanche", "lun mar mer jeu ven sam dim",
      "lunes martes miércoles jueves viernes sábado domingo", "- - miercoles - - sabado -",
      "lunedì martedì mercoledì giovedì venerdì sabato domenica",
      "lunedi martedi mercoledi giovedi venerdi - -",
      "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
      "segunda terça quarta quinta sexta sábado domingo",
      "mandag tirsdag onsdag torsdag fredag lørdag søndag", "måndag tisdag - - - lördag söndag",
      "poniedziałek wtorek środa czwartek piątek sobota niedziela",
      "pazartesi salı çarşamba perşembe cuma cumartesi pazar",
      "пн вт ср чт пт сб вс", "понедельник вторник среда четверг пятница суббота воскресенье",
      "月曜日 火曜日 水曜日 木曜日 金曜日 土曜日 日曜日", "月曜 火曜 水曜 木曜 金曜 土曜 日曜",
      "월요일 화요일 수요일 목요일 금요일 토요일 일요일",
    ]
    var days: [String: Int] = [:]
    for week in weeks {
      for (day, name) in week.split(separator: " ").enumerated() where name != "-" {
        days[String(name)] = days[String(name)] ?? day
      }
    }
    return days
  }()
}
