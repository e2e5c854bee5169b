#include "settings/parse.hpp"

#include "base/text.hpp"
#include "settings/nearest.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <limits>
#include <set>

namespace crmsync::settings {

namespace {

int line_of(const toml::node& node) { return static_cast<int>(node.source().begin.line); }

std::string_view type_of(const toml::node& node)
{
    switch (node.type()) {
    case toml::node_type::table:
        return "a section";
    case toml::node_type::array:
        return "a list";
    case toml::node_type::string:
        return "a text in quotes";
    case toml::node_type::integer:
        return "a whole number";
    case toml::node_type::floating_point:
        return "a number with a fraction";
    case toml::node_type::boolean:
        return "true or false";
    case toml::node_type::date:
    case toml::node_type::time:
    case toml::node_type::date_time:
        return "a date or time";
    default:
        return "nothing";
    }
}

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
    Section(Reading& reading, const toml::table* table, std::string name, std::string place)
        : reading_(reading), table_(table), name_(std::move(name)), place_(std::move(place))
    {
        if (table_ != nullptr)
            reading_.mistakes.place(place_, line_of(*table_));
    }

    void read(std::string_view key, std::string& into)
    {
        if (const toml::node* node = find(key)) {
            if (const auto text = node->value_exact<std::string>())
                into = *text;
            else
                wrong_type(key, *node, "a text in quotes");
        }
    }

    void read(std::string_view key, std::optional<std::string>& into)
    {
        const toml::node* node = table_ == nullptr ? nullptr : table_->get(key);
        std::string text;
        read(key, text);
        if (node != nullptr && node->is_string())
            into = std::move(text);
    }

    void read(std::string_view key, bool& into)
    {
        if (const toml::node* node = find(key)) {
            if (const auto truth = node->value_exact<bool>())
                into = *truth;
            else
                wrong_type(key, *node, "true or false");
        }
    }

    void read(std::string_view key, std::int64_t& into)
    {
        if (const toml::node* node = find(key)) {
            if (const auto number = node->value_exact<std::int64_t>())
                into = *number;
            else
                wrong_type(key, *node, "a whole number");
        }
    }

    void read(std::string_view key, int& into)
    {
        std::int64_t number = into;
        read(key, number);
        if (number < std::numeric_limits<int>::min() || number > std::numeric_limits<int>::max())
            reading_.mistakes.add(place_of(key), "expected a smaller number");
        else
            into = static_cast<int>(number);
    }

    void read(std::string_view key, std::chrono::seconds& into)
    {
        const toml::node* node = find(key);
        if (node == nullptr)
            return;
        const auto text = node->value_exact<std::string>();
        if (!text)
            return wrong_type(key, *node,
                              "a time span in quotes such as \"60s\", \"15m\" or \"2h\"");
        if (const auto span = parse_duration(*text))
            into = *span;
        else
            reading_.mistakes.add(place_of(key),
                                  fmt::format("expected a time span such as \"60s\", \"15m\", "
                                              "\"2h\" or \"30d\", found {}",
                                              quoted(*text)));
    }

    void read(std::string_view key, std::vector<std::string>& into)
    {
        const toml::node* node = find(key);
        if (node == nullptr)
            return;
        const toml::array* list = node->as_array();
        if (list == nullptr)
            return wrong_type(key, *node, "a list of texts such as [\"a\", \"b\"]");
        into.clear();
        for (const toml::node& element : *list) {
            if (const auto text = element.value_exact<std::string>())
                into.push_back(*text);
            else
                wrong_type(key, element, "a list of nothing but texts in quotes");
        }
    }

    /// The sections below this one, by their names: [tracking.names.de].
    std::vector<std::pair<std::string, Section>> sections(std::string_view key)
    {
        std::vector<std::pair<std::string, Section>> found;
        asked_.emplace(key);
        const toml::node* node = table_ == nullptr ? nullptr : table_->get(key);
        if (node == nullptr)
            return found;
        const std::string place = place_of(key);
        reading_.mistakes.place(place, line_of(*node));
        if (!node->is_table()) {
            wrong_type(key, *node, fmt::format("sections such as [{}.de]", place));
            return found;
        }
        for (const auto& [name, one] : *node->as_table()) {
            const std::string below = fmt::format("{}.{}", place, name.str());
            reading_.mistakes.place(below, line_of(one));
            if (one.is_table())
                found.emplace_back(std::string(name.str()),
                                   Section(reading_, one.as_table(), below, below));
            else
                reading_.mistakes.add(
                    below, fmt::format("expected a section [{}], found {}", below, type_of(one)));
        }
        return found;
    }

    /// What was not asked for until now is nobody's.
    void finish()
    {
        if (table_ == nullptr)
            return;
        for (const auto& [key, node] : *table_)
            if (!asked_.contains(key.str()))
                reading_.leftovers.push_back({name_, std::string(key.str()), line_of(node)});
    }

private:
    std::string place_of(std::string_view key) const { return fmt::format("{}.{}", place_, key); }

    const toml::node* find(std::string_view key)
    {
        asked_.emplace(key);
        reading_.keys.insert(fmt::format("{}.{}", name_, key));
        const toml::node* node = table_ == nullptr ? nullptr : table_->get(key);
        if (node != nullptr) {
            reading_.mistakes.place(place_of(key), line_of(*node));
            reading_.given.insert(fmt::format("{}.{}", name_, key));
        }
        return node;
    }

    void wrong_type(std::string_view key, const toml::node& node, std::string_view expected)
    {
        reading_.mistakes.add(place_of(key),
                              fmt::format("expected {}, found {}", expected, type_of(node)));
    }

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

    Section section(std::string_view name)
    {
        const std::string own_name(name);
        names_.push_back(own_name);
        const toml::node* node = root_.get(name);
        if (node != nullptr && !node->is_table())
            reading_.mistakes.add_at(line_of(*node), name,
                                     fmt::format("expected the section [{}], found {}", name,
                                                 node->is_array_of_tables()
                                                     ? "[[" + own_name + "]]"
                                                     : std::string(type_of(*node))));
        return {reading_, node == nullptr ? nullptr : node->as_table(), own_name, own_name};
    }

    std::vector<const toml::table*> sections(std::string_view name)
    {
        names_.emplace_back(name);
        std::vector<const toml::table*> tables;
        const toml::node* node = root_.get(name);
        if (node == nullptr)
            return tables;
        const toml::array* list = node->as_array();
        bool fits = list != nullptr;
        if (list != nullptr) {
            for (const toml::node& element : *list) {
                fits = fits && element.is_table();
                if (element.is_table())
                    tables.push_back(element.as_table());
            }
        }
        if (!fits)
            reading_.mistakes.add_at(
                line_of(*node), name,
                fmt::format("write [[{}]] with two brackets before each one's keys", name));
        return tables;
    }

    void finish()
    {
        for (const auto& [key, node] : root_)
            if (std::find(names_.begin(), names_.end(), key.str()) == names_.end())
                reading_.leftovers.push_back({"", std::string(key.str()), line_of(node)});
    }
    const std::vector<std::string>& names() const { return names_; }

private:
    Reading& reading_;
    const toml::table& root_;
    std::vector<std::string> names_;
};

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
