/// What the house asks of its sources, as far as a program can see. Each rule gives its findings.
enum Rules {
  /// What the toolchain brings.
  static let toolchain: Set<String> = [
    "Foundation", "FoundationXML", "Dispatch", "Synchronization", "Glibc", "Musl", "Darwin",
  ]
  /// Arrows point down: a room imports only from lower floors.
  static let floors: [String: Int] = [
    "YAML": 0, "JSON": 0, "Digests": 0, "Postgres": 0, "HTTP": 0, "HTTPClient": 0,
    "Schema": 1, "Loyalty": 1,
    "Rules": 2, "Feed": 2, "Ledger": 2, "Samples": 2,
    "Engine": 3,
    "Reports": 4, "Service": 4,
    "CLI": 5,
  ]
  /// The doors that hold C's pointers or read bytes where they lie.
  static let unsafeRooms: Set<String> = [
    "YAML", "JSON", "Digests", "Postgres", "HTTP", "HTTPClient",
  ]
  /// Where a file's bytes are read into and written from memory.
  static let bufferFiles = ["Feed/FeedInput.swift", "Feed/TemporaryFile.swift"]
  /// No clock, no I/O, no locale.
  static let pureRooms: Set<String> = ["Loyalty", "Rules"]
  /// Where points and money are reckoned.
  static let exactRooms: Set<String> = ["Loyalty", "Rules", "Feed", "Ledger", "Engine"]
  static let longestFile = 450
  static let longestLine = 100

  /// A room imports what Package.swift lets it, and the toolchain's modules.
  static func imports(_ file: SourceFile, _ manifest: Manifest) -> [Finding] {
    let allowed = manifest.rooms[file.room] ?? []
    return file.findings { line in
      let words = SourceFile.words(line)
      guard let at = words.firstIndex(of: "import"), at + 1 < words.count,
        words[..<at].allSatisfy({ ["testable", "public", "internal", "private"].contains($0) })
      else { return nil }
      let module = String(words[at + 1])
      if allowed.contains(module) { return nil }
      if toolchain.contains(module) {
        return pureRooms.contains(file.room) ? "\(file.room) is pure and imports no \(module)" : nil
      }
      return "\(file.room) may not import \(module)"
    }
  }

  /// The manifest keeps the floors, and every C module has one door.
  static func layers(_ manifest: Manifest) -> [String] {
    var complaints: [String] = []
    var doors: [String: String] = [:]
    for (room, dependencies) in manifest.rooms.sorted(by: { $0.key < $1.key })
    where room != "TestSupport" {
      guard let floor = floors[room] else {
        complaints.append("\(room) has no floor: name it in Tests/HouseTests/Rules.swift")
        continue
      }
      for other in dependencies.sorted() {
        if let below = floors[other] {
          if below >= floor { complaints.append("\(room) may not depend on \(other)") }
        } else if let door = doors.updateValue(room, forKey: other) {
          complaints.append("\(other) is imported by \(door) and \(room)")
        }
      }
    }
    if manifest.rooms["Loyalty"] != [] { complaints.append("Loyalty imports nothing") }
    if manifest.rooms["Rules"] != ["Loyalty", "YAML"] {
      complaints.append("Rules imports Loyalty and YAML, nothing else")
    }
    return complaints
  }

  static func pointers(_ file: SourceFile) -> [Finding] {
    if unsafeRooms.contains(file.room) || bufferFiles.contains(where: file.path.hasSuffix) {
      return []
    }
    return file.findings { line in
      let word = SourceFile.words(line).first {
        $0.hasPrefix("Unsafe") || $0.hasPrefix("unsafe") || $0.hasPrefix("withUnsafe")
          || ["OpaquePointer", "Unmanaged"].contains($0)
      }
      return word.map { "`\($0)` belongs to the doors" }
    }
  }

  /// What silences the compiler, or stops the program where an error should be thrown.
  static func shortcuts(_ file: SourceFile) -> [Finding] {
    file.findings { line in
      for shortcut in ["@unchecked", "nonisolated(unsafe)", "try!", "as!", "@preconcurrency"]
      where line.contains(shortcut) {
        return "`\(shortcut)` is not used here"
      }
      return nil
    }
  }

  static func purity(_ file: SourceFile) -> [Finding] {
    guard pureRooms.contains(file.room) else { return [] }
    let words: Set<String> = [
      "Date", "ContinuousClock", "SuspendingClock", "ProcessInfo", "Locale", "TimeZone",
      "FileManager", "random", "shuffled", "Task", "print",
    ]
    return file.findings(words: words) { "`\($0)` in a pure room" }
  }

  static func exactness(_ file: SourceFile) -> [Finding] {
    guard exactRooms.contains(file.room) else { return [] }
    return file.findings(words: ["Double", "Float", "CGFloat", "Float16", "Float80"]) {
      "`\($0)`: no binary floating point near money or points"
    }
  }

  static func leftovers(_ file: SourceFile) -> [Finding] {
    let marks: Set<String> = ["TO" + "DO", "FIX" + "ME", "HA" + "CK"]
    return file.lines.enumerated().compactMap { index, line in
      if let mark = SourceFile.words(line).first(where: { marks.contains(String($0)) }) {
        return file.finding(index, "`\(mark)`: do it, or open an issue")
      }
      let bare = line.drop { $0 == " " }
      let banner = ["// ---", "// ===", "// ***", "/////"].contains { bare.hasPrefix($0) }
      return banner ? file.finding(index, "no banners") : nil
    }
  }

  static func sizes(_ file: SourceFile) -> [Finding] {
    var findings = file.lines.enumerated().compactMap { index, line in
      // A golden text in a test stands as the user reads it.
      let isGolden = file.path.hasPrefix("Tests/") && line.contains("\"")
      return line.count > longestLine && !isGolden
        ? file.finding(index, "\(line.count) columns") : nil
    }
    if file.lines.count > longestFile + 1 {
      findings.append(file.finding(longestFile, "\(file.lines.count - 1) lines: make it two files"))
    }
    return findings
  }

  /// A type of its target's name would hide the module.
  static func names(_ file: SourceFile) -> [Finding] {
    file.findings { line in
      let words = SourceFile.words(line)
      for (kind, name) in zip(words, words.dropFirst())
      where ["struct", "class", "enum", "actor", "protocol"].contains(kind) && name == file.room {
        return "a type may not have its target's name"
      }
      return nil
    }
  }

  /// The first word on the command line is the name of its file: `CheckProgram.swift` has
  /// `"check-program"` or `"check"` in it.
  static func commands(_ file: SourceFile) -> [Finding] {
    guard file.path.hasPrefix("Sources/CLI/Commands/") else { return [] }
    let name = file.path.split(separator: "/").last!.dropLast(".swift".count).prefix { $0 != "+" }
    var words = ""
    for letter in name {
      if letter.isUppercase, !words.isEmpty { words.append("-") }
      words.append(letter.lowercased())
    }
    let first = words.prefix { $0 != "-" }
    let isNamed = ["\"\(words)\"", "\"\(first)\""].contains { file.text.contains($0) }
    return isNamed || file.path.contains("+")
      ? [] : [file.finding(0, "the command `\(words)` is not named in its file")]
  }

  /// Nothing in the project may know on which machine it was written.
  static func places(_ file: SourceFile) -> [Finding] {
    let folders = ["home", "Users", "root", "work", "workspace"].map { "/" + $0 + "/" }
    return file.lines.enumerated().compactMap { index, line in
      for folder in folders {
        for range in line.ranges(of: folder) {
          let before =
            range.lowerBound == line.startIndex
            ? nil : line[line.index(before: range.lowerBound)]
          let isInside = before.map { $0.isLetter || $0.isNumber || "./_-}$~".contains($0) }
          if isInside != true { return file.finding(index, "a path of one machine: \(folder)") }
        }
      }
      return nil
    }
  }
}
