#pragma once

#include "settings/mistakes.hpp"

#include <toml++/toml.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The sections of a configuration file, read key by key. Not for use outside this folder.
namespace crmsync::settings {

/// What the file has and nobody asked for; judged at the end, when all keys are known.
struct Leftover {
    std::string section;
    std::string key;
    int line;
};

struct Reading {
    Mistakes& mistakes;
    std::set<std::string> keys; ///< asked for: "sync.poll_interval"
    std::vector<Leftover> leftovers;
    std::set<std::string, std::less<>> given; ///< of those, what the file has
};

/// Reads one section. Each member function takes one key: absent leaves the default.
class Section {
public:
    /// \param table nothing where the file does not have the section.
    Section(Reading& reading, const toml::table* table, std::string name, std::string place);

    void read(std::string_view key, std::string& into);
    void read(std::string_view key, std::optional<std::string>& into);
    void read(std::string_view key, bool& into);
    void read(std::string_view key, std::int64_t& into);
    void read(std::string_view key, int& into);
    void read(std::string_view key, std::chrono::seconds& into);
    void read(std::string_view key, std::vector<std::string>& into);

    /// The sections below this one, by their names: [tracking.names.de].
    std::vector<std::pair<std::string, Section>> sections(std::string_view key);

    /// What was not asked for until now is nobody's.
    void finish();

private:
    std::string place_of(std::string_view key) const;
    const toml::node* find(std::string_view key);
    void wrong_type(std::string_view key, const toml::node& node, std::string_view expected);

    Reading& reading_;
    const toml::table* table_;
    std::string name_;
    std::string place_;
    std::set<std::string, std::less<>> asked_;
};

/// The sections of the file, each asked for once.
class Document {
public:
    Document(Reading& reading, const toml::table& root) : reading_(reading), root_(root) {}

    Section section(std::string_view name);
    std::vector<const toml::table*> sections(std::string_view name);
    void finish();
    const std::vector<std::string>& names() const { return names_; }

private:
    Reading& reading_;
    const toml::table& root_;
    std::vector<std::string> names_;
};

} // namespace crmsync::settings
