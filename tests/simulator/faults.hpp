#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crmsync::sim {

/// Something that goes wrong with requests that match. Batch parts match like requests of their
/// own; cutting and holding is done to whole requests only.
struct Fault {
    enum class Kind {
        fail,  ///< answered with `status` and `code`, nothing is done
        cut,   ///< handled, then the connection ends after `bytes` of the answer's body
        drop,  ///< the connection ends before anything is done
        hold,  ///< handled when released
        delay, ///< handled after `milliseconds` of the simulator's clock
    };
    Kind kind = Kind::fail;
    std::string method;  ///< empty: any
    std::string path;    ///< a part of the target, decoded; empty: any
    std::string mailbox; ///< id; empty: any
    int after = 0;       ///< lets so many matching requests pass first
    int count = 1;       ///< below 0: for ever
    int status = 503;
    std::string code = "ErrorServiceUnavailable";
    std::string message = "The service is unavailable.";
    std::optional<std::string> retry_after;
    std::string raw_body; ///< in the place of an error body, not JSON
    bool empty_body = false;
    std::size_t bytes = 0;
    long milliseconds = 0;
};

class Faults {
public:
    void add(Fault fault) { faults_.push_back(std::move(fault)); }
    void clear() { faults_.clear(); }
    std::size_t pending() const { return faults_.size(); }

    /// The first fault that matches, used up by one. `whole`: a request, not a part of a batch.
    std::optional<Fault> take(std::string_view method, std::string_view target,
                              std::string_view mailbox, bool whole);

private:
    std::vector<Fault> faults_;
};

} // namespace crmsync::sim
