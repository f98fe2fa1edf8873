import Engine
import Feed
import Foundation
import Loyalty
import Rules
import YAML

/// A basket in a file: an example's YAML, or transactions as the feed has them.
enum BasketFile {
  /// Nil after its mistakes were shown.
  static func examples(
    _ path: String, _ folder: ProgramFolder, _ program: ProgramSyntax, _ zone: Zone
  ) throws -> [ExampleSyntax]? {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ProgramFailure(message: "\(path): cannot be read")
    }
    let ending = path.split(separator: ".").last ?? ""
    return ["ndjson", "jsonl", "json"].contains(ending)
      ? feed(path, [UInt8](data), program, zone)
      : yaml(SourceFile(name: path, bytes: data), folder, zone)
  }

  // MARK: - YAML

  private static func yaml(_ file: SourceFile, _ folder: ProgramFolder, _ zone: Zone)
    -> [ExampleSyntax]?
  {
    let parsed = TextParser.parse(file)
    guard let root = parsed.root else {
      Terminal.note(DiagnosticReport(parsed.diagnostics, sources: [file]).text)
      return nil
    }
    let (first, indent) = Self.head(root, zone)
    let body = file.text.split(separator: "\n", omittingEmptySubsequences: false)
    let text = (first + body.map { String(repeating: " ", count: indent) + $0 })
      .joined(separator: "\n")
    let result = ProgramReader.read(folder.files + [SourceFile(name: file.name, text: text)])
    let own = result.diagnostics.filter { $0.place.file == file.name }.map { diagnostic in
      var diagnostic = diagnostic
      diagnostic.place.line = max(1, diagnostic.place.line - first.count)
      diagnostic.place.column = max(1, diagnostic.place.column - indent)
      return diagnostic
    }
    guard let program = result.program else {
      Terminal.note(DiagnosticReport(own, sources: [file]).text)
      return nil
    }
    return program.examples.filter { $0.title.place.file == file.name }
  }

  /// What stands before the text so that it is a campaign's file, and how far the text moves in.
  private static func head(_ root: Node, _ zone: Zone) -> ([String], Int) {
    let head = ["campaign: try", "examples:"]
    let now = zone.local(.now)
    let clock = "\(Digits.padded(now.second / 3600, 2)):\(Digits.padded(now.second / 60 % 60, 2))"
    let at = "  at: \(now.date)T\(clock)"
    if let items = root.items {
      guard items.first?["sku"] != nil else { return (head, 0) }
      return (head + ["- example: a basket", at, "  basket:"], 2)
    }
    if root["examples"] != nil { return (["campaign: try"], 0) }
    let title = root["example"] == nil ? ["- example: a basket"] : ["-"]
    let hasTime = root["at"] != nil || root["steps"] != nil
    return (head + title + (hasTime ? [] : [at]), 2)
  }

  // MARK: - Transactions

  private static func feed(
    _ path: String, _ bytes: [UInt8], _ program: ProgramSyntax, _ zone: Zone
  ) -> [ExampleSyntax]? {
    var reader = TransactionReader(
      FeedContext(money: program.money.value, zone: zone, source: "try"))
    var steps: [StepSyntax] = []
    var isWhole = true
    var number = 0
    for row in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      number += 1
      guard row.contains(where: { $0 > 0x20 }) else { continue }
      switch reader.read(Array(row)) {
      case .transaction(let transaction):
        if let step = step(transaction, "\(path):\(number)", program) {
          steps.append(step)
        } else {
          isWhole = false
        }
      case .unreadable(_, _, let problems):
        isWhole = false
        for problem in problems {
          let field = problem.field.isEmpty ? "" : "\(problem.field): "
          Terminal.error("\(path):\(number): \(field)\(problem.reason)")
        }
      }
    }
    guard isWhole, !steps.isEmpty else {
      if isWhole { Terminal.error("\(path): no transaction stands in this file") }
      return nil
    }
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let place = Place(file: path, line: 1, column: 1, length: 1)
    return [ExampleSyntax(title: Written("the transactions of \(name)", place), steps: steps)]
  }

  private static func step(_ transaction: Transaction, _ place: String, _ program: ProgramSyntax)
    -> StepSyntax?
  {
    let at = Place(file: place, line: 1, column: 1, length: 1)
    let action: StepSyntax.Action
    switch transaction.kind {
    case .sale, .exchange: action = .purchase(transaction.lines.map { line($0, at) })
    case .return:
      guard transaction.original == nil else {
        Terminal.error("\(place): a return that names its original cannot be tried from a file")
        return nil
      }
      action = .return(of: nil, transaction.lines.map { line($0, at) })
    case .void:
      Terminal.error("\(place): a void cannot be tried from a file")
      return nil
    case .event(let name):
      guard program.events.contains(where: { $0.key.value == name }) else {
        Terminal.error("\(place): the program declares no event `\(name)`")
        return nil
      }
      action = .event(
        Written(name, at),
        transaction.attributes.map { (Written($0.name, at), Written(text($0.value), at)) })
    }
    var step = StepSyntax(action: action, place: at)
    let offset = transaction.isLocal ? 0 : transaction.offset
    let spelt = transaction.at.text(offset: offset)
    step.at = WrittenTime(transaction.isLocal ? String(spelt.prefix(19)) : spelt).map {
      Written($0, at)
    }
    step.store = transaction.store
    step.channel = transaction.channel
    step.tenders = transaction.tenders.map { (Written($0.kind, at), $0.amount) }
    step.coupons = transaction.coupons.map { Written($0, at) }
    if case .event = transaction.kind { return step }
    step.attributes = transaction.attributes.map { (Written($0.name, at), text($0.value)) }
    return step
  }

  private static func line(_ line: TransactionLine, _ place: Place) -> LineSyntax {
    var syntax = LineSyntax(sku: line.sku, total: line.total)
    syntax.category = line.category
    syntax.quantity = line.quantity
    syntax.unit = line.unit
    syntax.tax = line.tax
    for discount in line.discounts {
      switch discount.kind {
      case .store: syntax.storeDiscount = syntax.storeDiscount + discount.amount
      case .manufacturer:
        syntax.manufacturerDiscount = syntax.manufacturerDiscount + discount.amount
      // What the till took off for the program the trial takes off itself.
      case .loyalty: syntax.total = syntax.total + discount.amount
      }
    }
    syntax.attributes = line.attributes.map { (Written($0.name, place), text($0.value)) }
    return syntax
  }

  private static func text(_ value: Attribute.Value) -> String {
    switch value {
    case .text(let text): text
    case .number(let number): "\(number)"
    case .boolean(let yes): yes ? "yes" : "no"
    }
  }
}
