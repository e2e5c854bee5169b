#include "unit/settings/folder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

using namespace crmsync;

namespace {

std::string example_path() { return CRMSYNC_SOURCE_DIR "/config/crmsync.example.toml"; }

struct Entry {
    std::string heading; ///< "url (text) default \"…\""
    std::string type;
    std::string rest; ///< what follows the type
    std::vector<std::string> sentences;
    std::string value; ///< as the file has it
    bool commented_out = false;
};

/// The manual as a reader sees it: for each key the comment above it and the value below.
std::map<std::string, Entry> read_manual()
{
    static const std::regex section_line(R"(^\[\[?([a-z]+)\]\]?$)");
    static const std::regex heading_line(R"(^# ([a-z_]+) \(([a-z ]+)\) (.+)$)");
    static const std::regex value_line(R"(^(#?)([a-z_]+) = (.+)$)");
    std::map<std::string, Entry> entries;
    std::ifstream file(example_path());
    std::string section;
    std::string line;
    std::string described;
    Entry entry;
    std::smatch match;
    while (std::getline(file, line)) {
        if (std::regex_match(line, match, section_line)) {
            section = match[1];
        } else if (std::regex_match(line, match, heading_line)) {
            described = match[1];
            entry = {line.substr(2), match[2], match[3], {}, "", false};
        } else if (std::regex_match(line, match, value_line)) {
            const std::string key = match[2];
            CAPTURE(section, key);
            CHECK(described == key);
            entry.commented_out = match[1] == "#";
            entry.value = match[3];
            std::string name = section;
            name.append(".").append(key);
            CHECK(entries.emplace(name, entry).second);
            described.clear();
        } else if (line.starts_with("# ") && !described.empty()) {
            entry.sentences.push_back(line.substr(2));
        }
    }
    return entries;
}

} // namespace

TEST_CASE("the example has exactly the keys that the program reads")
{
    std::set<std::string> described;
    for (const auto& [key, entry] : read_manual())
        described.insert(key);
    const std::vector<std::string> keys = settings_keys();
    CHECK(described == std::set<std::string>(keys.begin(), keys.end()));
    CHECK(keys.size() == 38);
}

TEST_CASE("the example describes each key with type, default and a sentence")
{
    static const std::set<std::string> types = {"text", "whole number", "true or false",
                                                "list of texts", "time span"};
    for (const auto& [key, entry] : read_manual()) {
        CAPTURE(key, entry.heading);
        CHECK(types.contains(entry.type));
        REQUIRE_FALSE(entry.sentences.empty());
        CHECK(entry.sentences.back().ends_with("."));
        const bool has_default = entry.rest.starts_with("default ");
        CHECK((has_default || entry.rest.starts_with("required")));
        // What stands there is the default, so that the file changes nothing until it is edited.
        if (has_default && !entry.commented_out)
            CHECK(entry.rest == "default " + entry.value);
    }
}

TEST_CASE("the example loads and holds the defaults of the program")
{
    const test::Variable secret("CRMSYNC_CONTOSO_CLIENT_SECRET", "in the environment");
    const Settings example = load_settings(example_path());
    const Settings fresh;
    CHECK(example.database.url == fresh.database.url);
    CHECK(example.http.listen == fresh.http.listen);
    CHECK(example.sync.poll_interval == fresh.sync.poll_interval);
    CHECK(example.sync.history_days == fresh.sync.history_days);
    CHECK(example.tracking.track_category == fresh.tracking.track_category);
    CHECK(example.tracking.tracked_category == fresh.tracking.tracked_category);
    CHECK(example.tracking.review_category == fresh.tracking.review_category);
    CHECK(example.tracking.refused_category == fresh.tracking.refused_category);
    CHECK(example.tracking.failed_category == fresh.tracking.failed_category);
    CHECK(example.tracking.stop_category == fresh.tracking.stop_category);
    CHECK(example.tracking.regarding_prefix == fresh.tracking.regarding_prefix);
    CHECK(example.tracking.default_mode == fresh.tracking.default_mode);
    CHECK(example.tracking.ceiling_mode == fresh.tracking.ceiling_mode);
    CHECK(example.tracking.sent_items == fresh.tracking.sent_items);
    CHECK(example.tracking.show_shared == fresh.tracking.show_shared);
    CHECK(example.tracking.on_untrack == fresh.tracking.on_untrack);
    CHECK(example.tracking.on_untrack_shared == fresh.tracking.on_untrack_shared);
    CHECK(example.tracking.untrack_grace_days == fresh.tracking.untrack_grace_days);
    CHECK(example.tracking.own_domains == fresh.tracking.own_domains);
    CHECK(example.privacy.internal_only == fresh.privacy.internal_only);
    CHECK(example.privacy.decision_days == fresh.privacy.decision_days);
    CHECK(example.privacy.never_folders == fresh.privacy.never_folders);
    CHECK(example.attachments.max_bytes == fresh.attachments.max_bytes);
    CHECK(example.attachments.max_body_bytes == fresh.attachments.max_body_bytes);
    CHECK(example.attachments.spool_directory == fresh.attachments.spool_directory);
    CHECK(example.attachments.allowed_types == fresh.attachments.allowed_types);
    CHECK(example.attachments.blocked_types == fresh.attachments.blocked_types);

    REQUIRE(example.providers.size() == 1);
    const Settings::Provider& provider = example.providers[0];
    const Settings::Provider untouched;
    CHECK(provider.kind == untouched.kind);
    CHECK(provider.cloud == untouched.cloud);
    CHECK(provider.authority_url == untouched.authority_url);
    CHECK(provider.graph_url == untouched.graph_url);
    CHECK(provider.ca_file == untouched.ca_file);
    CHECK(provider.certificate_file == untouched.certificate_file);
    CHECK(provider.private_key_file == untouched.private_key_file);
    CHECK(provider.name == "contoso");
    CHECK(provider.client_secret_file == "/etc/crmsync/contoso.secret");
}
