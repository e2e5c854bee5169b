#pragma once

#include "simulator/request.hpp"
#include "simulator/script.hpp"

namespace crmsync::sim {

/// The script face: `POST /sim/<operation>` with a JSON object. README.md lists the operations.
/// 200 with a JSON answer; 400 with one line of text for what is unknown or impossible.
class ScriptHttp {
public:
    explicit ScriptHttp(Script& script) : script_(script) {}
    Answer answer(const Request& request);

    /// Carries out a list of operations, as a seed file holds them:
    /// [{"do": "create_mailbox", "upn": …}, …].
    void run(std::string_view json_list);

private:
    Script& script_;
};

} // namespace crmsync::sim
