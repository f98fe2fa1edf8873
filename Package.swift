// swift-tools-version: 6.1
import PackageDescription

/// The rooms of the house, lowest first. A room may import only what it names here; the build
/// checks it.
let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
]

/// Tests read real feeds of half a million rows: the rooms are optimised in debug builds, too,
/// unless somebody who tries one change after another asks for quick builds.
let isQuick = Context.environment["PATRON_QUICK_BUILD"] != nil
let optimised: [SwiftSetting] =
  settings + (isQuick ? [] : [.unsafeFlags(["-O"], .when(configuration: .debug))])

func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: optimised)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], data: [String] = []) -> Target {
  .testTarget(
    name: name, dependencies: dependencies + ["TestSupport"], exclude: data, swiftSettings: settings
  )
}

let package = Package(
  name: "patron",
  products: [.executable(name: "patron", targets: ["CLI"])],
  targets: [
    .systemLibrary(
      name: "CPostgres", pkgConfig: "libpq",
      providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
    .systemLibrary(
      name: "CYAML", pkgConfig: "yaml-0.1",
      providers: [.apt(["libyaml-dev"]), .brew(["libyaml"])]),
    .systemLibrary(
      name: "CCrypto", pkgConfig: "libcrypto",
      providers: [.apt(["libssl-dev"]), .brew(["openssl"])]),
    .systemLibrary(
      name: "CCurl", pkgConfig: "libcurl",
      providers: [.apt(["libcurl4-openssl-dev"]), .brew(["curl"])]),

    // 0: doors, no loyalty words
    room("YAML", ["CYAML"]),
    room("JSON"),
    room("Digests", ["CCrypto"]),
    room("HTTPClient", ["CCurl"]),
    room("Postgres", ["CPostgres"]),
    // The migrations' texts: a new file in sql/ is named here and in Schema.swift.
    .target(
      name: "Schema", dependencies: ["Postgres"], path: "sql", exclude: ["README.md"],
      resources: [
        .embedInCode("0001_program_and_feed.sql"), .embedInCode("0002_ledger.sql"),
        .embedInCode("0003_views_and_roles.sql"), .embedInCode("0004_members.sql"),
        .embedInCode("0005_redemption.sql"),
      ], swiftSettings: settings),
    // 1: vocabulary
    room("Loyalty"),
    // 2: do not know each other
    room("Rules", ["Loyalty", "YAML"]),
    room("Feed", ["Loyalty", "YAML", "JSON", "Digests"]),
    room("Samples", ["Loyalty"]),
    room("Ledger", ["Loyalty", "Postgres", "JSON", "Schema"]),
    // 3: bring events to the rules, exactly once
    room(
      "Engine",
      [
        "Loyalty", "Rules", "Feed", "Ledger", "Postgres", "YAML", "JSON", "Digests", "HTTPClient",
      ]),
    // 4: what people talk to
    room("Reports", ["Loyalty", "Rules", "Ledger", "Engine", "Postgres", "JSON"]),
    .executableTarget(
      name: "CLI",
      dependencies: [
        "Loyalty", "Rules", "Feed", "Ledger", "Engine", "Reports", "Samples", "Postgres", "YAML",
        "JSON", "Digests", "Schema",
      ],
      resources: [
        .embedInCode("Bench/yardstick.sql"), .embedInCode("Cases/diagnostics.txt"),
      ], swiftSettings: settings),

    .target(
      name: "TestSupport",
      dependencies: ["Postgres", "Loyalty", "Ledger", "Engine", "Rules", "Feed", "Schema", "YAML"],
      path: "Tests/TestSupport", swiftSettings: settings),
    tests("HouseTests", []),
    tests("YAMLTests", ["YAML"]),
    tests("JSONTests", ["JSON"]),
    tests("DigestsTests", ["Digests"]),
    tests("HTTPClientTests", ["HTTPClient"]),
    tests("PostgresTests", ["Postgres"]),
    tests("LoyaltyTests", ["Loyalty"]),
    tests("RulesTests", ["Rules", "Loyalty", "YAML"], data: ["Cases", "Examples"]),
    tests("FeedTests", ["Feed", "Loyalty", "JSON", "YAML"], data: ["Mappings"]),
    tests("LedgerTests", ["Ledger", "Loyalty", "Postgres", "Schema"]),
    tests(
      "EngineTests",
      ["Engine", "Ledger", "Reports", "Rules", "Feed", "Loyalty", "Postgres", "JSON", "Digests"]),
    tests("SamplesTests", ["Samples", "Loyalty"]),
    tests("CLITests", ["Postgres", "Engine", "Ledger", "Loyalty"]),
  ]
)
