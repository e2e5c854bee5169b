#include "model/folder.hpp"

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

} // namespace crmsync
