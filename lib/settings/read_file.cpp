#include "settings/read_file.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace crmsync::settings {

FileText read_file(const std::string& path, std::size_t longest)
{
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    const std::unique_ptr<std::FILE, Close> file(std::fopen(path.c_str(), "rbe"));
    if (!file)
        return {"", std::strerror(errno)};
    FileText read;
    read.text.resize(longest + 1);
    errno = 0;
    const std::size_t count = std::fread(read.text.data(), 1, read.text.size(), file.get());
    if (std::ferror(file.get()) != 0)
        return {"", std::strerror(errno)}; // a folder, for one
    if (count > longest)
        return {"", "the file is too large"};
    read.text.resize(count);
    read.text.shrink_to_fit();
    return read;
}

} // namespace crmsync::settings
