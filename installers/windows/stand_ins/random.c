/* The one function that some wheels want of a library which wine 8 lacks. */
#include <windows.h>
#include <bcrypt.h>

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE to, SIZE_T count)
{
    return BCryptGenRandom(0, to, (ULONG)count, BCRYPT_USE_SYSTEM_PREFERRED_RNG) == 0;
}
