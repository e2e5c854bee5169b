#include "model/mailbox.hpp"

namespace crmsync {

std::string_view to_string(MailboxState state)
{
    switch (state) {
    case MailboxState::added:
        return "added";
    case MailboxState::enabled:
        return "enabled";
    case MailboxState::disabled:
        return "disabled";
    case MailboxState::stopped:
        return "stopped";
    }
    return "";
}

std::string_view to_string(Mode mode)
{
    switch (mode) {
    case Mode::manual:
        return "manual";
    case Mode::replies:
        return "replies";
    case Mode::contacts:
        return "contacts";
    case Mode::records:
        return "records";
    case Mode::all:
        return "all";
    }
    return "";
}

std::optional<Mode> parse_mode(std::string_view word)
{
    for (const Mode mode : {Mode::manual, Mode::replies, Mode::contacts, Mode::records, Mode::all})
        if (word == to_string(mode))
            return mode;
    return std::nullopt;
}

} // namespace crmsync
