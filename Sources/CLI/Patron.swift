@main struct Patron { static func main() {} }
