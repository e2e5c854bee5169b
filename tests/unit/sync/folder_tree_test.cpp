#include "sync/folder_tree.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::sync;

namespace {

store::FolderState folder(std::string name, WellKnown well_known = WellKnown::none)
{
    store::FolderState state;
    state.folder.id = FolderId(name);
    state.folder.name = std::move(name);
    state.folder.well_known = well_known;
    return state;
}

} // namespace

TEST_CASE("folders are read where live mail comes and goes first, the others as they stand")
{
    std::vector<store::FolderState> folders = {
        folder("junk", WellKnown::junk_email),   folder("projects"),
        folder("drafts", WellKnown::drafts),     folder("archive", WellKnown::archive),
        folder("sent", WellKnown::sent_items),   folder("customers"),
        folder("posteingang", WellKnown::inbox),
    };
    order_for_reading(folders);
    std::vector<std::string> names;
    for (const store::FolderState& state : folders)
        names.push_back(state.folder.name);
    CHECK(names == std::vector<std::string>{"posteingang", "sent", "drafts", "junk", "projects",
                                            "archive", "customers"});
}
