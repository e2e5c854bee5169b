#include "settings/check.hpp"

#include "base/text.hpp"
#include "settings/check_database.hpp"
#include "settings/check_folders.hpp"
#include "settings/check_provider.hpp"
#include "settings/check_value.hpp"
#include "settings/endpoint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace crmsync::settings {

namespace {

/// Each tracks what the one before does.
const std::vector<std::string> modes = {"manual", "replies", "contacts", "records", "all"};

constexpr std::int64_t mebibyte = 1'048'576;

/// What Outlook accepts as the name of a category, and a person can read.
std::string wrong_with_category(std::string_view name)
{
    constexpr std::size_t too_long = 256;
    if (trim(name).empty())
        return "expected a category name, found an empty text";
    if (trim(name) != name)
        return "expected a category name without blanks at its ends";
    if (name.find_first_of(",;") != std::string_view::npos)
        return "expected a category name without comma and semicolon, Outlook separates with them";
    if (clean_utf8(name) != name || name.find_first_of("\t\r\n") != std::string_view::npos)
        return "expected a category name without control characters";
    const auto characters = std::count_if(name.begin(), name.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    });
    if (static_cast<std::size_t>(characters) >= too_long)
        return fmt::format("expected a category name of less than {} characters", too_long);
    return "";
}

void check_categories(const Settings::Tracking& tracking, Mistakes& mistakes)
{
    const std::array<std::pair<std::string_view, const std::string*>, 6> states = {{
        {"tracking.track_category", &tracking.track_category},
        {"tracking.tracked_category", &tracking.tracked_category},
        {"tracking.review_category", &tracking.review_category},
        {"tracking.refused_category", &tracking.refused_category},
        {"tracking.failed_category", &tracking.failed_category},
        {"tracking.stop_category", &tracking.stop_category},
    }};
    const std::string& prefix = tracking.regarding_prefix;
    const std::string wrong_prefix = wrong_with_category(prefix);
    if (!wrong_prefix.empty())
        mistakes.add("tracking.regarding_prefix", wrong_prefix);

    std::map<std::string, std::string_view> taken;
    for (const auto& [key, name] : states) {
        const std::string wrong = wrong_with_category(*name);
        if (!wrong.empty()) {
            mistakes.add(key, wrong);
            continue;
        }
        const std::string folded = name_key(*name);
        const auto [other, fresh] = taken.emplace(folded, key);
        if (!fresh)
            mistakes.add(key,
                         fmt::format("expected a name of its own, {} has the same", other->second));
        if (wrong_prefix.empty() && folded.starts_with(name_key(prefix)))
            mistakes.add(key, fmt::format("expected a name that does not begin with "
                                          "tracking.regarding_prefix ({})",
                                          quoted(prefix)));
    }
}

/// A name somewhere in the file, and which of our six categories it stands for; 6: a prefix.
struct CategoryName {
    std::string key;
    std::size_t meaning;
    std::string name;
};
constexpr std::size_t prefix_meaning = 6;

std::vector<CategoryName> names_of(const Settings::Tracking::Names& names,
                                   const std::string& section)
{
    const std::array<std::pair<const char*, const std::optional<std::string>*>, 7> all = {{
        {"track_category", &names.track_category},
        {"tracked_category", &names.tracked_category},
        {"review_category", &names.review_category},
        {"refused_category", &names.refused_category},
        {"failed_category", &names.failed_category},
        {"stop_category", &names.stop_category},
        {"regarding_prefix", &names.regarding_prefix},
    }};
    std::vector<CategoryName> found;
    for (std::size_t i = 0; i < all.size(); ++i)
        if (*all[i].second)
            found.push_back({section + "." + all[i].first, i, **all[i].second});
    return found;
}

/// Every name is understood in every mailbox: none may mean one thing here and another there.
void check_languages(const Settings::Tracking& tracking, Mistakes& mistakes)
{
    Settings::Tracking::Names main;
    main.track_category = tracking.track_category;
    main.tracked_category = tracking.tracked_category;
    main.review_category = tracking.review_category;
    main.refused_category = tracking.refused_category;
    main.failed_category = tracking.failed_category;
    main.stop_category = tracking.stop_category;
    main.regarding_prefix = tracking.regarding_prefix;
    std::vector<CategoryName> all = names_of(main, "tracking");
    for (const auto& [language, names] : tracking.names) {
        for (CategoryName& name : names_of(names, "tracking.names." + language)) {
            const std::string wrong = wrong_with_category(name.name);
            if (wrong.empty())
                all.push_back(std::move(name));
            else
                mistakes.add(name.key, wrong);
        }
    }
    std::map<std::string, const CategoryName*> taken;
    for (const CategoryName& name : all) {
        const auto [other, fresh] = taken.emplace(name_key(name.name), &name);
        if (!fresh && other->second->meaning != name.meaning && !mistakes.has(name.key))
            mistakes.add(name.key, fmt::format("expected a name that means the same everywhere, "
                                               "it is that of {}",
                                               other->second->key));
    }
    for (const CategoryName& name : all)
        for (const CategoryName& prefix : all)
            if (name.meaning != prefix_meaning && prefix.meaning == prefix_meaning &&
                name_key(name.name).starts_with(name_key(prefix.name)) && !mistakes.has(name.key))
                mistakes.add(name.key, fmt::format("expected a name that does not begin with {} "
                                                   "({})",
                                                   prefix.key, quoted(prefix.name)));
}

void check_tracking(const Settings::Tracking& tracking, Mistakes& mistakes)
{
    check_categories(tracking, mistakes);
    if (!tracking.names.empty())
        check_languages(tracking, mistakes);
    const bool default_known =
        check_word(mistakes, "tracking.default_mode", tracking.default_mode, modes);
    const bool ceiling_known =
        check_word(mistakes, "tracking.ceiling_mode", tracking.ceiling_mode, modes);
    const auto rank = [](const std::string& mode) {
        return std::find(modes.begin(), modes.end(), mode) - modes.begin();
    };
    if (default_known && ceiling_known && rank(tracking.default_mode) > rank(tracking.ceiling_mode))
        mistakes.add("tracking.default_mode",
                     fmt::format("expected at most tracking.ceiling_mode ({}), found {}",
                                 tracking.ceiling_mode, tracking.default_mode));
    check_word(mistakes, "tracking.on_untrack", tracking.on_untrack, {"delete", "keep"});
    check_word(mistakes, "tracking.on_untrack_shared", tracking.on_untrack_shared,
               {"delete", "keep"});
    check_range(mistakes, "tracking.untrack_grace_days", tracking.untrack_grace_days, 0, 3'650);
    for (const std::string& domain : tracking.own_domains)
        if (!is_domain(domain))
            mistakes.add("tracking.own_domains",
                         fmt::format("expected domains such as \"contoso.example\", found {}",
                                     quoted(domain)));
}

void check_attachments(const Settings::Attachments& attachments, Mistakes& mistakes)
{
    check_range(mistakes, "attachments.max_bytes", attachments.max_bytes, 0, 150 * mebibyte);
    check_range(mistakes, "attachments.max_body_bytes", attachments.max_body_bytes, 1,
                256 * mebibyte);
    const std::pair<std::string_view, const std::vector<std::string>*> lists[] = {
        {"attachments.allowed_types", &attachments.allowed_types},
        {"attachments.blocked_types", &attachments.blocked_types}};
    for (const auto& [key, types] : lists)
        for (const std::string& type : *types)
            if (!is_file_ending(type))
                mistakes.add(key, fmt::format("expected endings of file names without the dot, "
                                              "such as \"pdf\", found {}",
                                              quoted(type)));
    if (!attachments.spool_directory.starts_with('/'))
        mistakes.add("attachments.spool_directory",
                     fmt::format("expected a directory's whole path such as \"/var/tmp\", found {}",
                                 quoted(attachments.spool_directory)));
    for (const std::string& type : attachments.allowed_types)
        if (std::find(attachments.blocked_types.begin(), attachments.blocked_types.end(), type) !=
            attachments.blocked_types.end())
            mistakes.add("attachments.allowed_types",
                         fmt::format("{} is in attachments.blocked_types too, expected it in one "
                                     "of them",
                                     quoted(type)));
}

} // namespace

void check(const Settings& settings, bool database_from_environment, Mistakes& mistakes)
{
    check_database(settings.database, database_from_environment, mistakes);
    const std::string wrong_listen = wrong_with_listen(settings.http.listen);
    if (!wrong_listen.empty())
        mistakes.add("http.listen",
                     fmt::format("{}, found {}", wrong_listen, quoted(settings.http.listen)));
    if (settings.sync.poll_interval < std::chrono::seconds(1) ||
        settings.sync.poll_interval > std::chrono::hours(24))
        mistakes.add("sync.poll_interval", "expected a time span from \"1s\" to \"24h\"");
    check_range(mistakes, "sync.history_days", settings.sync.history_days, 0, 36'500);
    check_tracking(settings.tracking, mistakes);
    check_word(mistakes, "privacy.internal_only", settings.privacy.internal_only,
               {"skip", "track"});
    check_range(mistakes, "privacy.decision_days", settings.privacy.decision_days, 1, 3'650);
    check_never_folders(settings.privacy.never_folders, mistakes);
    check_attachments(settings.attachments, mistakes);
    check_providers(settings.providers, mistakes);
}

} // namespace crmsync::settings
