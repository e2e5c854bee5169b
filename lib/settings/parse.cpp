#include "settings/parse.hpp"

#include "base/text.hpp"
#include "settings/nearest.hpp"
#include "settings/sections.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <set>

namespace crmsync::settings {

namespace {

void read_tracking(Section section, Settings::Tracking& into)
{
    section.read("track_category", into.track_category);
    section.read("tracked_category", into.tracked_category);
    section.read("review_category", into.review_category);
    section.read("refused_category", into.refused_category);
    section.read("failed_category", into.failed_category);
    section.read("stop_category", into.stop_category);
    section.read("regarding_prefix", into.regarding_prefix);
    section.read("default_mode", into.default_mode);
    section.read("ceiling_mode", into.ceiling_mode);
    section.read("sent_items", into.sent_items);
    section.read("show_shared", into.show_shared);
    section.read("on_untrack", into.on_untrack);
    section.read("on_untrack_shared", into.on_untrack_shared);
    section.read("untrack_grace_days", into.untrack_grace_days);
    section.read("own_domains", into.own_domains);
    for (auto& [language, words] : section.sections("names")) {
        Settings::Tracking::Names& names = into.names[fold(language)];
        words.read("track_category", names.track_category);
        words.read("tracked_category", names.tracked_category);
        words.read("review_category", names.review_category);
        words.read("refused_category", names.refused_category);
        words.read("failed_category", names.failed_category);
        words.read("stop_category", names.stop_category);
        words.read("regarding_prefix", names.regarding_prefix);
        words.finish();
    }
    section.finish();
}

void read_attachments(Section section, Settings::Attachments& into)
{
    section.read("max_bytes", into.max_bytes);
    section.read("max_body_bytes", into.max_body_bytes);
    section.read("allowed_types", into.allowed_types);
    section.read("blocked_types", into.blocked_types);
    section.read("spool_directory", into.spool_directory);
    section.finish();
}

Settings::Provider read_provider(Section section)
{
    Settings::Provider into;
    section.read("name", into.name);
    section.read("kind", into.kind);
    section.read("tenant_id", into.tenant_id);
    section.read("client_id", into.client_id);
    section.read("client_secret_file", into.client_secret_file);
    section.read("certificate_file", into.certificate_file);
    section.read("private_key_file", into.private_key_file);
    section.read("cloud", into.cloud);
    section.read("authority_url", into.authority_url);
    section.read("graph_url", into.graph_url);
    section.read("ca_file", into.ca_file);
    // Another kind has keys of its own; check() refuses the kind, and once is enough.
    if (into.kind == "graph")
        section.finish();
    return into;
}

Settings read_all(Document& file, Reading& reading)
{
    Settings settings;
    Section database = file.section("database");
    database.read("url", settings.database.url);
    database.finish();
    Section http = file.section("http");
    http.read("listen", settings.http.listen);
    http.finish();
    Section sync = file.section("sync");
    sync.read("poll_interval", settings.sync.poll_interval);
    sync.read("history_days", settings.sync.history_days);
    sync.finish();
    read_tracking(file.section("tracking"), settings.tracking);
    Section privacy = file.section("privacy");
    privacy.read("internal_only", settings.privacy.internal_only);
    privacy.read("decision_days", settings.privacy.decision_days);
    privacy.read("never_folders", settings.privacy.never_folders);
    privacy.finish();
    read_attachments(file.section("attachments"), settings.attachments);
    const auto providers = file.sections("provider");
    for (std::size_t i = 0; i < providers.size(); ++i)
        settings.providers.push_back(
            read_provider({reading, providers[i], "provider", fmt::format("provider[{}]", i)}));
    // Asked for in any case, so that the keys are known without one.
    if (providers.empty())
        read_provider({reading, nullptr, "provider", "provider"});
    file.finish();
    return settings;
}

/// "did you mean …": a key of the same section that looks alike, else the section it belongs in.
std::string hint(const Leftover& left, const std::set<std::string>& keys,
                 const std::vector<std::string>& sections)
{
    std::vector<std::string> of_section =
        left.section.empty() ? sections : std::vector<std::string>();
    std::string elsewhere;
    for (const std::string& key : keys) {
        const auto dot = key.rfind('.');
        const std::string section = key.substr(0, dot);
        const std::string name = key.substr(dot + 1);
        if (section == left.section)
            of_section.push_back(name);
        else if (name == left.key)
            elsewhere = section;
    }
    if (!elsewhere.empty())
        return fmt::format(", it belongs in [{}]", elsewhere);
    if (const auto near = nearest(left.key, of_section))
        return fmt::format(", did you mean {}?", *near);
    std::sort(of_section.begin(), of_section.end());
    std::string known;
    for (const std::string& name : of_section)
        known += (known.empty() ? "" : ", ") + name;
    return fmt::format(", known here: {}", known);
}

void report_leftovers(const Reading& reading, const std::vector<std::string>& sections)
{
    for (const Leftover& left : reading.leftovers) {
        const std::string name = quoted(left.key);
        const std::string bare = name.substr(1, name.size() - 2);
        const std::string key = left.section.empty() ? bare : left.section + "." + bare;
        reading.mistakes.add_at(left.line, key, "unknown key" + hint(left, reading.keys, sections));
    }
}

} // namespace

Parsed parse(std::string_view text, Mistakes& mistakes)
{
    toml::table root;
    try {
        root = toml::parse(text);
    } catch (const toml::parse_error& error) {
        constexpr std::size_t longest = 400; // the key stands at the end of the sentence
        const std::string what = quoted(error.description(), longest);
        mistakes.add_at(static_cast<int>(error.source().begin.line), "",
                        "not valid TOML: " + what.substr(1, what.size() - 2));
        return {};
    }
    Reading reading{mistakes, {}, {}, {}};
    Document file(reading, root);
    Parsed parsed;
    parsed.settings = read_all(file, reading);
    parsed.settings.given = std::move(reading.given);
    parsed.keys.assign(reading.keys.begin(), reading.keys.end());
    report_leftovers(reading, file.names());
    return parsed;
}

} // namespace crmsync::settings
