/// Plausible names; no real person is meant.
enum PeopleNames {
  static func pick(_ random: inout SplitMix64) -> String {
    switch random.below(100) {
    case ..<5: random.pick(chineseFamily) + random.pick(chineseGiven)
    case ..<9: random.pick(frenchGiven) + " " + random.pick(frenchFamily)
    case ..<19: random.pick(spanishGiven) + " " + random.pick(spanishFamily)
    default: random.pick(given) + " " + random.pick(family)
    }
  }

  private static let chineseFamily = words("王 李 张 刘 陈 杨 黄 赵 吴 周 徐 孙 林 何 郭 欧阳")
  private static let chineseGiven = words(
    "芳 娜 敏 静 丽 强 磊 洋 艳 勇 军 杰 秀英 建华 志明 晓燕 美玲 国强 子涵 雨桐 思远 佳怡")
  private static let frenchGiven = words(
    "Élodie François Zoé Jérôme Amélie René Chloé Benoît Hélène Gaël Noémie Stéphane")
  private static let frenchFamily = words(
    "Lefèvre Garçon Bélanger Côté Dubois Moreau Gagné Lévesque Pelletier Rivière")
  private static let spanishGiven = words(
    "José María Sofía Ángel Lucía Andrés Inés Raúl Verónica Jesús Carmen Íñigo Belén Martín")
  private static let spanishFamily = words(
    "García Núñez Muñoz Hernández López Peña Martínez Ibáñez Gutiérrez Ramírez Vázquez Rodríguez")
  private static let given = words(
    """
    Mary Linda Patricia Barbara Susan Jessica Karen Sarah Lisa Nancy Sandra Ashley Emily Donna \
    Michelle Carol Amanda Melissa Deborah Laura Rebecca Sharon Cynthia Kathleen Amy Angela Shirley \
    Brenda Emma Anna Nicole Helen Samantha Katherine Christine Rachel Carolyn Janet Olivia Grace \
    James Robert John Michael David William Thomas Daniel Matthew Anthony Mark Steven Andrew Paul \
    Kevin Brian George Edward Ronald Jason Ryan Eric Stephen Larry Scott Frank Samuel Patrick
    """)
  private static let family = words(
    """
    Smith Johnson Williams Brown Jones Miller Davis Wilson Anderson Taylor Thomas Moore Jackson \
    Martin Lee Thompson White Harris Clark Lewis Robinson Walker Young Allen King Wright Scott \
    Torres Nguyen Hill Green Adams Nelson Baker Hall Campbell Mitchell Carter Roberts Phillips \
    Evans Turner Parker Collins Edwards Stewart Morris Murphy Cook Rogers Morgan Cooper Reed \
    Bailey \
    Bell Kelly Howard Ward Cox Richardson Wood Watson Brooks Bennett Gray James Hughes Price Myers \
    Foster Sanders Ross Long Powell Sullivan Russell Fisher Henderson Cole O'Brien McDonald
    """)

  private static func words(_ text: String) -> [String] {
    text.split(whereSeparator: \.isWhitespace).map(String.init)
  }
}
