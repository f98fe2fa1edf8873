extension Codes {
  /// Numbers and phrases.
  static let phrases: [Code] = [
    Code(
      "R010", "A number that cannot be read",
      """
      Numbers are digits, with `_` between thousands and a point before decimals: `1_000_000`, \
      `12.50`. Never a comma, a currency sign or a percent.
      """),
    Code(
      "R011", "An amount of money that cannot be read",
      """
      Money has exactly the decimals of its currency, or none: `5.00` or `5` for USD, `500` \
      for JPY.
      """),
    Code(
      "R013", "A rate that cannot be read",
      """
      Rates are `100` (once), `1 per 20.00` (each full 20.00), `1.25 per 1.00 pro rata` (parts \
      count, too), `5 per unit`, `1 per 2 litres`, and for the number of an event `1 per \
      mile`.
      """),
    Code(
      "R014", "A share that cannot be read",
      """
      Shares are written `10%`.
      """),
    Code(
      "R015", "A factor that cannot be read",
      """
      `multiply` takes a number: `2` doubles, `1.5` adds half, `0` takes all away.
      """),
    Code(
      "R016", "A window that cannot be read",
      """
      Windows are `calendar year` (quarter, month, week, day), `last calendar year`, \
      `membership year`, `12 months` (up to today), `each of 4 weeks`, `campaign`, \
      `transaction`, `ever`.
      """),
    Code(
      "R017", "A limit that cannot be read",
      """
      Limits are `1 per day`, `500 per month`, `3 per membership year`, `once every 7 days`, \
      `1 ever`, each perhaps with `or none`.
      """),
    Code(
      "R018", "An expiry that cannot be read",
      """
      Points end `never`, `12 months after earning`, `36 months after activity`, `end of next \
      month`, `end of calendar year`, `end of month 6 months after earning`, or on a day like \
      `12-31`. Tiers are kept until `end of next calendar year` and the like.
      """),
    Code(
      "R019", "A date that cannot be read",
      """
      Dates are year, month, day: `2026-02-14`; with a time: `2026-02-14T18:00`. Other orders \
      are read differently in different countries.
      """),
    Code(
      "R020", "Days that cannot be read",
      """
      Spans of days are `2026-02-15 to 2026-02-23`; days of each year are `12-24` or `12-24 to \
      12-26`.
      """),
    Code(
      "R021", "Hours that cannot be read",
      """
      Hours are `14:00 to 17:00`, with 24 hours; `22:00 to 02:00` goes over midnight.
      """),
    Code(
      "R022", "A weekday that cannot be read",
      """
      Weekdays are mon tue wed thu fri sat sun, as `[sat, sun]` or `mon to fri`.
      """),
    Code(
      "R023", "A day of the month that cannot be read",
      """
      Days are 1 to 31, or `last`.
      """),
    Code(
      "R024", "A tier phrase that cannot be read",
      """
      Tiers are asked for by `gold`, `gold or above`, `gold or below`, `gold only` or \
      `[silver, gold]`.
      """),
    Code(
      "R025", "Neither yes nor no",
      """
      Write `yes` or `no`.
      """),
    Code(
      "R027", "A duration that cannot be read",
      """
      Durations are `14 days`, `2 weeks`, `6 months`, `1 year`.
      """),
    Code(
      "R037", "A worth that cannot be read",
      """
      A worth is so much money per so many points: `1.00 per 300`.
      """),
    Code(
      "R039", "A rank that cannot be read",
      """
      Ranks are `top 10% by spend` or `top 100 by points`, with `within`.
      """),
    Code(
      "R041", "A range that cannot be read",
      """
      Ranges are `at least 3`, `at most 3`, `more than 3`, `less than 3`, `3 to 5` (both \
      count), `3`, and for `reach` also `every 10`. Comparisons are words, for YAML cannot \
      carry >=.
      """),
  ]

  /// The program as a whole, and what was surely not meant.
  static let checks: [Code] = [
    Code(
      "R012", "An unknown name",
      """
      Sets, conditions, tiers, currencies, coupons, rules, rewards, groups, events and \
      holidays are called by the names that they were given.
      """),
    Code(
      "R044", "A name of another kind",
      """
      The name exists, but for something else: a set where a tier is expected.
      """),
    Code(
      "R045", "Too many tiers",
      """
      A program may have 64 tiers, those of all its ladders together.
      """),
    Code(
      "R051", "A name stands twice",
      """
      The program and all its campaigns share their names, for counters and explanations go by \
      them.
      """),
    Code(
      "R052", "A set or condition that leads back to itself",
      """
      Named sets and conditions may use each other, but not in a circle.
      """),
    Code(
      "R053", "The end before the beginning",
      """
      `from` and `to` are both included, so `to` is the same day or later.
      """),
    Code(
      "R054", "Tiers out of order",
      """
      Tiers are written from the lowest to the highest; a higher one asks for more.
      """),
    Code(
      "R055", "A rule that can never match",
      """
      Conditions side by side must all hold. These cannot hold together.
      """),
    Code(
      "R056", "A basket where there is none",
      """
      A rule with `event:` waits for something that is no purchase: it has no lines, no spend \
      and no tenders.
      """),
    Code(
      "R057", "An attribute of another event",
      """
      The attributes of an event can be asked for only in rules that wait for it.
      """),
    Code(
      "R058", "The whole basket is multiplied",
      """
      `basket:` asks whether, `items:` chooses which. 40.00 of groceries and a gift card of \
      25.00 "at double" gives 130 instead of 90 where the gift card is asked for and not \
      chosen. A warning.
      """),
    Code(
      "R059", "Nothing to multiply",
      """
      Multipliers act on the points of rates (`1 per 1.00`) and tables, never on fixed ones \
      (`100`). A warning.
      """),
    Code(
      "R060", "A table without a row for a tier",
      """
      Whoever is in that tier gets nothing by this table. A warning.
      """),
    Code(
      "R061", "A higher tier is left out",
      """
      `tier: silver` is not true for gold. Mostly `silver or above` is meant; `silver only` \
      says that it is not. A warning.
      """),
    Code(
      "R062", "A group and its order do not fit",
      """
      A group with `first: [ ]` names each of its rules in order, and each of them says \
      `group:`.
      """),
    Code(
      "R063", "Dates that are over",
      """
      The rule's last day, or the last of the days that it asks for, lies before today. It still \
      rates purchases of its days that come in late. A warning.
      """),
    Code(
      "R064", "Points without a limit",
      """
      Fixed points or coupons at each purchase invite people to split one purchase into many, \
      and at each event to post it again and again. A warning.
      """),
    Code(
      "R065", "A rule that another always outdoes",
      """
      Of several multipliers the best counts, line by line; in a group with `first: [ ]` the first \
      that matches. A rule that never gets its turn costs nothing and gives nothing. A warning.
      """),
    Code(
      "R066", "Items that never count",
      """
      What `counts: {items: …}` leaves out is in no spend, no basket and no choice of items. A \
      warning.
      """),
    Code(
      "R067", "A table without a row for a value",
      """
      An event's attribute may have this value, and then the table gives nothing. A warning.
      """),
    Code(
      "R068", "An amount that must be met exactly",
      """
      `spend: 50.00` asks for a basket of 50.00 and not a cent more. Where a threshold is meant, \
      write `at least 50.00`. A warning.
      """),
    Code(
      "R069", "A unit of measure that nothing has",
      """
      `1 per 2 litres` counts lines whose unit of measure is the litre. No example has such a \
      line, and the unit is none in which goods are usually sold. A warning.
      """),
    Code(
      "R070", "An example that expects nothing",
      """
      Only what `expect` names is compared, so an example without it always passes. A warning.
      """),
    Code(
      "R071", "A step out of the order of time",
      """
      The steps of an example run in the order in which they stand. One that happened before a \
      step above it is rated as a sale that comes in late: with the tier of its own day, and what \
      was rated since stands. Say `late: yes` where that is meant. A warning.
      """),
    Code(
      "R072", "A value in two spellings",
      """
      Channels, stores, categories, tenders and attributes are compared letter by letter with what \
      the feed sends: `App` never is `app`. A warning.
      """),
    Code(
      "R073", "Several values in one",
      """
      A list stands in brackets with commas: `[app, web]`. `app/web` and `"app, web"` are one \
      value each, which no feed sends. A warning.
      """),
    Code(
      "R074", "A date far ahead",
      """
      A rule that begins or ends more than 100 years from now has mostly a slip in its year. A \
      warning.
      """),
    Code(
      "R075", "A factor of 1",
      """
      `multiply` takes the factor: `2` doubles, `1` leaves everything as it is. A warning.
      """),
    Code(
      "R076", "The same gift twice",
      """
      A coupon or reward that stands twice in one list is handed out twice each time. A warning.
      """),
    Code(
      "R077", "An award that its limit always cuts",
      """
      A limit of points cuts the last award to what is left. Where one award is more than the \
      limit, each one is cut. A warning.
      """),
    Code(
      "R081", "A mark of what is earned that cannot be passed",
      """
      `reach: {points: every 100, within: ever}` is true when what was earned is lifted past a \
      mark: by a purchase, an event, a day of the calendar, or the release of points that waited. \
      What is taken off the bill comes before any points.
      """),
    Code(
      "R090", "A time zone that the system does not know",
      """
      Zones are the system's own list of IANA names, so that summer time is right in every year.
      """),
    Code(
      "R095", "A name that no product or store has",
      """
      With a database at hand `patron check` looks up categories, SKUs, stores and regions. A \
      slip of the pen there matches nothing, without a sound. A warning.
      """),
    Code(
      "R096", "Another money than the ledger's",
      """
      Amounts in the ledger, in goals and limits are in the money of the versions that are \
      published. They cannot be read in another one, so a program in it needs a database of its own.
      """),
    Code(
      "R097", "Other decimals than the ledger's",
      """
      Points are kept as whole numbers of their smallest unit. With other decimals each balance \
      would become ten or a hundred times what it was.
      """),
    Code(
      "R098", "Another time zone than before",
      """
      Days, months and years of windows, limits and the calendar go by the program's time zone. \
      What was counted before stays on its day; on the day of the change a birthday or a statement \
      day may come twice or be left out. A warning.
      """),
    Code(
      "R094", "A status that would be given up",
      """
      A currency of `kind: status` counts for tiers and goals and cannot be spent, nor converted \
      into another.
      """),
    Code(
      "R093", "A favourite where purchases are summed up",
      """
      What a member buys most of chooses the lines of a rule, a coupon or a reward. It changes \
      with each purchase, so nothing can be summed up over it.
      """),
    Code(
      "R092", "Nobody can tell who the referrer is",
      """
      A rule `for: referrer` gives to the member whom an event names: declare the event with \
      `referrer: text`, which holds her member code or card, and write a second rule without `for` \
      for the member who was referred.
      """),
    Code(
      "R091", "A question that has no answer without a purchase",
      """
      Who is in a segment, and whether points live on, is asked of the member and her history at \
      any time: there is no basket, no store and no hour then. `history`, `tier`, `joined`, \
      `tenure`, `age`, `birthday`, `consent`, `balance`, attributes of members and lists can be \
      asked.
      """),
    Code(
      "R080", "A mark of a balance that cannot be looked at",
      """
      `reach: {balance: 50}` is true at the purchase, event or day that lifts what is held to 50. \
      It is looked at when everything else is booked, so its rule gives a notice, a coupon or a \
      perk, and no points.
      """),
  ]
}
