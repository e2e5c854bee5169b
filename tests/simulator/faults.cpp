#include "simulator/faults.hpp"

#include "simulator/request.hpp"

namespace crmsync::sim {

std::optional<Fault> Faults::take(std::string_view method, std::string_view target,
                                  std::string_view mailbox, bool whole)
{
    if (faults_.empty())
        return std::nullopt;
    const std::string path = percent_decoded(target);
    for (auto fault = faults_.begin(); fault != faults_.end(); ++fault) {
        if (!whole && fault->kind != Fault::Kind::fail)
            continue;
        if ((!fault->method.empty() && !same_name(fault->method, method)) ||
            path.find(fault->path) == std::string::npos ||
            (!fault->mailbox.empty() && fault->mailbox != mailbox))
            continue;
        if (fault->after > 0) {
            --fault->after;
            continue;
        }
        Fault taken = *fault;
        if (fault->count > 0 && --fault->count == 0)
            faults_.erase(fault);
        return taken;
    }
    return std::nullopt;
}

} // namespace crmsync::sim
