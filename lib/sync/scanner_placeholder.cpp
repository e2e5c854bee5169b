#include "sync/scanner_placeholder.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace crmsync::sync {

namespace {

using std::string_view_literals::operator""sv;

constexpr std::array placeholders{"atp scan in progress"sv, "safe attachments scan in progress"sv};
constexpr std::array malware_notes{"malware alert text"sv, "unsafe attachments blocked"sv};
constexpr std::array endings{".eml"sv, ".msg"sv, ".txt"sv};

template <std::size_t N>
bool is_called(const AttachmentHead& attachment, const std::array<std::string_view, N>& names)
{
    const std::string folded = fold(without_unseen(attachment.name));
    std::string_view name = trim(folded);
    for (const std::string_view ending : endings)
        if (name.ends_with(ending)) {
            name.remove_suffix(ending.size());
            break;
        }
    return std::find(names.begin(), names.end(), trim(name)) != names.end();
}

} // namespace

bool is_placeholder(const AttachmentHead& attachment)
{
    return is_called(attachment, placeholders);
}

bool is_malware_note(const AttachmentHead& attachment)
{
    return is_called(attachment, malware_notes);
}

std::optional<Timestamp> next_look(Timestamp since, Timestamp now)
{
    constexpr std::chrono::minutes shortest(2);
    constexpr std::chrono::hours longest(4);
    const Timestamp last = since + placeholder_kept;
    if (now >= last)
        return std::nullopt;
    const auto pause = std::clamp<Timestamp::duration>(now - since, shortest, longest);
    return std::min(now + pause, last);
}

} // namespace crmsync::sync
