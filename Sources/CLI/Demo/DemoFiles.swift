import Foundation
import JSON
import Loyalty
import Samples

/// The demo's files, as a shop's systems would hand them over: NDJSON, in a folder of their own.
struct DemoFiles {
  let members: String
  let products: String
  let stores: String
  let feed: String

  /// Writes them; the same shop writes the same files.
  init(_ shop: CardShop) throws {
    let folder = FileManager.default.temporaryDirectory.path + "/patron-demo-\(getuid())"
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    members = folder + "/members.ndjson"
    products = folder + "/products.ndjson"
    stores = folder + "/stores.ndjson"
    feed = folder + "/feed.ndjson"
    try DemoFiles.write(stores, shop.stores) { store, json in
      json.member("store", store.store)
      json.member("name", store.name)
      json.member("timezone", store.timezone)
      json.member("region", store.region)
    }
    try DemoFiles.write(products, shop.products) { product, json in
      json.member("sku", product.sku)
      json.member("name", product.name)
      json.member("category", product.category)
    }
    try DemoFiles.write(members, shop.members) { DemoFiles.write($0, to: &$1) }
    try FeedFile.write(shop.transactions, to: feed, count: shop.transactionCount)
  }

  private static func write(_ member: MemberRecord, to json: inout JSONWriter) {
    json.member("member", member.member)
    json.member("name", member.name)
    json.member("phone", member.phone)
    json.member("email", member.email)
    json.member("birthday", member.birthday?.description)
    json.member("joined", member.joined?.description)
    json.memberArray("cards") { json in
      for card in member.cards { json.value(card) }
    }
  }

  private static func write<Record>(
    _ path: String, _ records: [Record], _ body: (Record, inout JSONWriter) -> Void
  ) throws {
    var bytes: [UInt8] = []
    for record in records {
      var json = JSONWriter()
      json.object { body(record, &$0) }
      bytes += json.bytes
      bytes.append(UInt8(ascii: "\n"))
    }
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }
}
