#include "model/write_back.hpp"

namespace crmsync {

std::string_view to_string(StateCategory category)
{
    switch (category) {
    case StateCategory::none:
        return "none";
    case StateCategory::track:
        return "track";
    case StateCategory::tracked:
        return "tracked";
    case StateCategory::review:
        return "review";
    case StateCategory::refused:
        return "refused";
    case StateCategory::failed:
        return "failed";
    case StateCategory::stop:
        return "stop";
    }
    return "";
}

} // namespace crmsync
