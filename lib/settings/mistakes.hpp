#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace crmsync::settings {

/// The mistakes of one file, gathered so that a person can correct them all at once.
class Mistakes {
public:
    explicit Mistakes(std::string path) : path_(std::move(path)) {}

    /// Where a key or a section stands. Keys of the second provider are "provider[1].name".
    void place(std::string_view key, int line);

    /// A mistake at the key's line; where the key is missing, at its section's.
    void add(std::string_view key, std::string_view what);
    /// A mistake at a line; `key` may be empty.
    void add_at(int line, std::string_view key, std::string_view what);

    /// Whether the key has one already.
    bool has(std::string_view key) const;
    bool any() const { return !found_.empty(); }

    /// "crmsync.toml:12: sync.poll_interval: expected …; crmsync.toml:20: …", in order of lines.
    std::string text() const;

private:
    struct Mistake {
        int line;
        std::string key;
        std::string text;
    };
    int line_of(std::string_view key) const;

    std::string path_;
    std::map<std::string, int, std::less<>> places_;
    std::vector<Mistake> found_;
};

/// In quotes, on one line, shortened where it is long: a value or key as the file has it.
std::string quoted(std::string_view text, std::size_t longest = 60);

} // namespace crmsync::settings
