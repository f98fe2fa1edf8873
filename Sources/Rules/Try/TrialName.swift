import Loyalty

/// Something that a phrase may name, and how it is spelt there.
struct TrialName {
  enum Meaning {
    case tier(String)
    case set(String)
    case category(String)
    case sku(String)
    case store(String)
    case channel(String)
    case tender(String)
    case coupon(String)
    case reward(String)
    case event(String)
    case holiday(String)
    case rule(String)
    case currency(String)
    /// A declared attribute, and perhaps one of its values.
    case attribute(String, String?)
    /// From Monday, 0.
    case weekday(Int)
    case month(Int)
    /// Days from today.
    case day(Int)
    /// Minutes since midnight.
    case time(Int)
    case count(Int)
    case unit(String)
    /// `日` behind a number.
    case dayOfMonth
    /// `月` behind a number.
    case monthOfYear
    /// What counts pieces: `3 items`, `三件`.
    case piece
    /// A sign, code or word of some money.
    case money(String)
    case word(Keyword)
    /// What says nothing.
    case filler
  }

  /// Words that say what the next one is.
  enum Keyword {
    case store, channel, category, sku, coupon, tender, joined, each, new, balance
    case birthday, birthdayWeek, birthdayMonth
  }

  /// Lower case, hyphens as spaces.
  let letters: [Character]
  let text: String
  let meaning: Meaning

  init(_ text: String, _ meaning: Meaning) {
    self.text = text
    self.meaning = meaning
    letters = TrialName.plain(text)
  }

  static func plain(_ text: String) -> [Character] {
    text.lowercased().map { $0 == "-" || $0 == "_" ? " " : $0 }
  }

  var isRule: Bool { if case .rule = meaning { true } else { false } }

  /// Whether it says nothing by itself.
  var isFiller: Bool {
    switch meaning {
    case .filler, .piece, .money: true
    default: false
    }
  }

  /// Whether a line of a basket can be meant.
  var isItem: Bool {
    switch meaning {
    case .set, .category, .sku: true
    default: false
    }
  }
}

extension TrialName {
  /// All names of a program, in the order in which one of two of the same spelling is taken.
  static func all(of program: ProgramSyntax) -> [TrialName] {
    let names = DeclaredNames(program)
    var all: [TrialName] = []
    func add(_ text: String?, _ meaning: Meaning) {
      if let text, !text.isEmpty { all.append(TrialName(text, meaning)) }
    }
    for tier in program.tiers {
      add(tier.key.value, .tier(tier.key.value))
      for text in tier.name?.texts ?? [] { add(text, .tier(tier.key.value)) }
    }
    for (key, _) in program.sets { add(key.value, .set(key.value)) }
    for text in names[.category] { add(text, .category(text)) }
    for text in names[.sku] { add(text, .sku(text)) }
    for text in names[.channel] { add(text, .channel(text)) }
    for event in program.events {
      add(event.key.value, .event(event.key.value))
      for (key, kind) in event.attributes {
        add(key.value, .attribute(key.value, nil))
        guard case .oneOf(let values) = kind else { continue }
        for value in values { add(value, .attribute(key.value, value)) }
      }
    }
    for key in program.attributes.item + program.attributes.member + program.attributes.transaction
    {
      add(key.value, .attribute(key.value, nil))
    }
    for coupon in program.coupons {
      add(coupon.key.value, .coupon(coupon.key.value))
      for text in coupon.name?.texts ?? [] { add(text, .coupon(coupon.key.value)) }
    }
    for reward in program.rewards {
      add(reward.key.value, .reward(reward.key.value))
      for text in reward.name?.texts ?? [] { add(text, .reward(reward.key.value)) }
    }
    for (key, _) in program.holidays { add(key.value, .holiday(key.value)) }
    for currency in program.currencies {
      add(currency.key.value, .currency(currency.key.value))
      for text in currency.name?.texts ?? [] { add(text, .currency(currency.key.value)) }
    }
    // A currency can be a tender, too; alone it is the currency.
    for text in names[.tender] { add(text, .tender(text)) }
    for rule in program.rules {
      add(rule.key.value, .rule(rule.key.value))
      for text in rule.name?.texts ?? [] { add(text, .rule(rule.key.value)) }
    }
    return all + words
  }

  /// What phrases consist of besides names, in English and Chinese.
  private static let words: [TrialName] = {
    var all: [TrialName] = []
    func add(_ texts: String, _ meaning: Meaning) {
      for text in texts.split(separator: ",") { all.append(TrialName(String(text), meaning)) }
    }
    let weekdays = [
      "monday,mon,周一,星期一,礼拜一", "tuesday,tue,tues,周二,星期二", "wednesday,wed,周三,星期三",
      "thursday,thu,thur,thurs,周四,星期四", "friday,fri,周五,星期五",
      "saturday,sat,weekend,周六,星期六,周末", "sunday,sun,周日,星期日,星期天",
    ]
    for (day, texts) in weekdays.enumerated() { add(texts, .weekday(day)) }
    let months = [
      "january,jan", "february,feb", "march,mar", "april,apr", "may", "june,jun", "july,jul",
      "august,aug", "september,sep,sept", "october,oct", "november,nov", "december,dec",
    ]
    for (month, texts) in months.enumerated() { add(texts, .month(month + 1)) }
    let counts = [
      "one,一", "two,两,二", "three,三", "four,四", "five,五", "six,六", "seven,七", "eight,八",
      "nine,九", "ten,十", "eleven", "twelve",
    ]
    for (count, texts) in counts.enumerated() { add(texts, .count(count + 1)) }
    add("today,now,今天", .day(0))
    add("tomorrow,明天", .day(1))
    add("yesterday,昨天", .day(-1))
    add("noon,中午", .time(720))
    add("midnight,零点", .time(0))
    add("日,号", .dayOfMonth)
    add("月,月份", .monthOfYear)
    add("morning,早上,上午", .time(540))
    add("evening,晚上", .time(1140))
    for unit in ["litre", "liter", "gallon", "kg", "kilo", "gram", "pound", "mile"] {
      add(unit, .unit(unit))
    }
    add("公斤", .unit("kg"))
    add("升", .unit("litre"))
    add("store,shop,branch,门店", .word(.store))
    add("channel,渠道", .word(.channel))
    // Where no rule asks for a channel, the usual ones are known all the same.
    for channel in ["web", "app"] { add(channel, .channel(channel)) }
    add("category,品类", .word(.category))
    add("sku,article", .word(.sku))
    add("coupon,券", .word(.coupon))
    add("paid with,paid by,pays with,tender,by,付款", .word(.tender))
    add("birthday,生日", .word(.birthday))
    add("birthday week,week of birthday,生日当周,生日周", .word(.birthdayWeek))
    add("birthday month,birth month,month of birthday,生日当月,生日月", .word(.birthdayMonth))
    add("joined,since,入会", .word(.joined))
    add("new member,new,新会员", .word(.new))
    add("balance,余额", .word(.balance))
    add("units,unit,pieces,piece,pcs,items,item,articles,张,个,件", .piece)
    for code in ["usd", "eur", "gbp", "cny"] { add(code, .money(code.uppercased())) }
    add("dollars,dollar", .money("$"))
    add("euros,euro", .money("€"))
    add("yuan,rmb", .money("¥"))
    add("元,块", .money(""))
    add("each,apiece,every,per piece,单价", .word(.each))
    add(
      "redeem,redeems,redeeming,兑换,"
        + "a,an,the,on,at,in,of,for,with,and,to,buy,buys,bought,buying,purchase,"
        + "purchases,spends,spend,spending,customer,customers,member,members,pays,pay,"
        + "paid,worth,total,who,is,gets,from,times,x,×,then,plus,has,have,having,tier,"
        + "basket,day,会员,顾客,买,了,的,在,用,和,消费", .filler)
    return all
  }()
}

extension LocalText {
  var texts: [String] { byLanguage.sorted { $0.key < $1.key }.map(\.value) }
}
