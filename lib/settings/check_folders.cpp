#include "settings/check_folders.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace crmsync::settings {

namespace {

/// Well-known to the provider (G-95), and not asked for in every mailbox: as a name it would close
/// nothing.
bool is_unused_name(std::string_view text)
{
    constexpr std::array<std::string_view, 9> unused{"msgfolderroot", "recoverableitemsdeletions",
                                                     "searchfolders", "clutter",
                                                     "scheduled",     "syncissues",
                                                     "conflicts",     "localfailures",
                                                     "serverfailures"};
    return std::any_of(unused.begin(), unused.end(),
                       [text](std::string_view name) { return same_folded(name, text); });
}

bool is_path(std::string_view text)
{
    const auto names = split(text, '/');
    return std::none_of(names.begin(), names.end(),
                        [](std::string_view name) { return trim(name).empty(); });
}

} // namespace

void check_never_folders(const std::vector<std::string>& folders, Mistakes& mistakes)
{
    for (const std::string& folder : folders)
        if (is_unused_name(trim(folder)) || !is_path(folder))
            mistakes.add("privacy.never_folders",
                         fmt::format("expected inbox, drafts, sentitems, deleteditems, junkemail, "
                                     "archive, outbox, conversationhistory or a path such as "
                                     "\"Inbox/Private\", found {}",
                                     quoted(folder)));
}

} // namespace crmsync::settings
