#include "model/folder.hpp"

#include "base/text.hpp"

namespace crmsync {

std::string_view to_string(WellKnown folder)
{
    switch (folder) {
    case WellKnown::none:
        return "";
    case WellKnown::inbox:
        return "inbox";
    case WellKnown::drafts:
        return "drafts";
    case WellKnown::sent_items:
        return "sentitems";
    case WellKnown::deleted_items:
        return "deleteditems";
    case WellKnown::junk_email:
        return "junkemail";
    case WellKnown::archive:
        return "archive";
    case WellKnown::outbox:
        return "outbox";
    case WellKnown::conversation_history:
        return "conversationhistory";
    case WellKnown::unknown:
        return "unknown";
    }
    return "";
}

std::optional<WellKnown> parse_well_known(std::string_view word)
{
    for (const WellKnown folder :
         {WellKnown::inbox, WellKnown::drafts, WellKnown::sent_items, WellKnown::deleted_items,
          WellKnown::junk_email, WellKnown::archive, WellKnown::outbox,
          WellKnown::conversation_history})
        if (same_folded(word, to_string(folder)))
            return folder;
    return std::nullopt;
}

} // namespace crmsync
